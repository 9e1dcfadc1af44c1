"""Did an annotator's answers change since they were last asked for: a test, and its power.

Three questions are tested, each at its part of the level (C. E. Bonferroni's inequality), so
that a false alarm about any of them is as rare as the level says: whether more answers changed
than is tolerated, whether some label gained or lost, and whether accuracy on gold changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stepladder.audit.exceeding import exceeds, noticeable
from stepladder.audit.holm import holm
from stepladder.audit.pairs import Pairs
from stepladder.audit.share import Share

LEVEL = 0.05
"""Chance of a false alarm that is accepted, over all three questions together."""


@dataclass(frozen=True, slots=True)
class Twice:
    """One candidate, asked about twice."""

    before: str | None
    """The earlier answer; None for no label."""
    after: str | None
    """Today's answer; None for no label."""
    gold: str | None = None
    """The trusted label, where there is one."""


@dataclass(frozen=True, slots=True)
class Shift:
    """What one label gained and lost."""

    label: str | None
    """None for answers without a label."""
    moves: Pairs
    """Candidates that came to it, and candidates that left it."""
    p_value: float
    """Of coming and leaving equally often: sign test, Holm-adjusted over the labels."""


@dataclass(frozen=True, slots=True)
class Drift:
    """How one annotator's answers differ from its earlier ones."""

    changed: Share
    tolerance: float
    """The share that may change and still count as no change, 0 to 1."""
    p_changed: float
    """Of a true share of at most the tolerance: exact binomial test, one-sided."""
    shifts: Sequence[Shift]
    """One for each label, and one for no label where there was one."""
    right_before: Share
    """On gold."""
    right_after: Share
    """On the same gold."""
    p_accuracy: float
    """Of equal accuracy: exact McNemar test, two-sided; 1 without gold."""

    @property
    def questions(self) -> int:
        """How many questions were tested: accuracy only where there is gold."""
        return 3 if self.right_before.total else 2

    @property
    def level(self) -> float:
        """The level of each of them."""
        return LEVEL / self.questions

    @property
    def too_many(self) -> bool:
        """Whether more answers changed than is tolerated, beyond chance."""
        return self.p_changed <= self.level

    @property
    def shifted(self) -> tuple[Shift, ...]:
        """The labels that gained or lost, beyond chance."""
        return tuple(shift for shift in self.shifts if shift.p_value <= self.level)

    @property
    def accuracy_changed(self) -> bool:
        """Whether accuracy on gold changed, beyond chance."""
        return self.right_before.total > 0 and self.p_accuracy <= self.level

    @property
    def found(self) -> bool:
        """Whether any change was found; not to find one does not show that there is none."""
        return self.too_many or bool(self.shifted) or self.accuracy_changed

    @property
    def noticeable(self) -> float | None:
        """The smallest share of changed answers that would have been found with 80 % power.

        None where so few candidates could not have shown any.
        """
        return noticeable(self.changed.total, self.tolerance, self.level)


def drift(twice: Sequence[Twice], labels: Sequence[str], tolerance: float) -> Drift:
    """The figures and tests of one annotator; `labels` are all that the task has."""
    gold = [one for one in twice if one.gold is not None]
    right = [(one.before == one.gold, one.after == one.gold) for one in gold]
    changed = Share(sum(one.before != one.after for one in twice), len(twice))
    return Drift(
        changed=changed,
        tolerance=tolerance,
        p_changed=exceeds(changed, tolerance),
        shifts=_shifts(twice, labels),
        right_before=Share(sum(before for before, _ in right), len(right)),
        right_after=Share(sum(after for _, after in right), len(right)),
        p_accuracy=Pairs(
            gains=sum(after and not before for before, after in right),
            losses=sum(before and not after for before, after in right),
        ).differ,
    )


def _shifts(twice: Sequence[Twice], labels: Sequence[str]) -> list[Shift]:
    unlabelled = any(answer is None for one in twice for answer in (one.before, one.after))
    named: list[str | None] = [*labels, *([None] if unlabelled else [])]
    moves = [_moves(twice, label) for label in named]
    adjusted = holm([one.differ for one in moves])
    return [Shift(*shift) for shift in zip(named, moves, adjusted, strict=True)]


def _moves(twice: Sequence[Twice], label: str | None) -> Pairs:
    return Pairs(
        gains=sum(one.after == label != one.before for one in twice),
        losses=sum(one.before == label != one.after for one in twice),
    )
