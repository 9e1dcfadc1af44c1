"""The probability of every label, given the votes so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log


@dataclass(frozen=True, slots=True)
class Posterior:
    """A distribution over the task's labels; probabilities sum to one."""

    labels: tuple[str, ...]
    probabilities: tuple[float, ...]
    """One per label, in the order of `labels`."""

    @property
    def top(self) -> str:
        """The most probable label; the task's first one on a tie."""
        return self.labels[self.probabilities.index(max(self.probabilities))]

    @property
    def probability(self) -> float:
        """The probability of the most probable label."""
        return max(self.probabilities)

    @property
    def margin(self) -> float:
        """The lead of the most probable label over the next, 0 to 1."""
        ranked = sorted(self.probabilities, reverse=True)
        return ranked[0] - ranked[1] if len(ranked) > 1 else ranked[0]

    def lead_of(self, label: str) -> float:
        """By how much a label leads the most probable other one: below 0 for one that does not."""
        place = self.labels.index(label)
        others = (p for n, p in enumerate(self.probabilities) if n != place)
        return self.probabilities[place] - max(others, default=0.0)

    @property
    def entropy(self) -> float:
        """Shannon entropy over that of the uniform distribution, 0 (sure) to 1 (no idea)."""
        if len(self.labels) < 2:
            return 0.0
        nats = -sum(p * log(p) for p in self.probabilities if p > 0)
        return min(1.0, max(0.0, nats / log(len(self.labels))))

    def of(self, label: str) -> float:
        """The probability of one label; raises ValueError for one that is none of them."""
        return self.probabilities[self.labels.index(label)]

    def by_label(self) -> Mapping[str, float]:
        """The probability of each label."""
        return dict(zip(self.labels, self.probabilities, strict=True))
