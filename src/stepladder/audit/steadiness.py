"""How often an annotator changes its mind when the same thing is asked in other words.

Jung, Brahman, Choi, "Trust or Escalate" (2407.18370), section 2.2: agreement with itself
under other wordings says how far an annotator can be trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from stepladder.audit.contrast import Contrast, contrast
from stepladder.audit.reading import Reading
from stepladder.audit.share import Share
from stepladder.audit.wording_change import KindChange, WordingChange, by_kind, by_wording
from stepladder.types import Draw


@dataclass(frozen=True, slots=True)
class Steadiness:
    """How steady one annotator is, and what that says of its errors."""

    changed: Share
    """Candidates of which some other wording has another answer, of those with two or more."""
    agreement: float | None
    """Mean share of pairs of wordings with the same answer, 0 to 1; None without candidates."""
    by_kind: Sequence[KindChange]
    """What another wording of each kind, or the same once more, changed."""
    by_wording: Sequence[WordingChange]
    """The same for each draw."""
    right_if_steady: Share
    """Right answers to the task's own wording, on gold, where all wordings agree."""
    right_if_not: Share
    """The same where they do not."""

    @property
    def says_of_error(self) -> Contrast | None:
        """Accuracy when steady minus accuracy when not; None where gold has only one of them."""
        return contrast(self.right_if_steady, self.right_if_not)


def steadiness(readings: Sequence[Reading], draws: Sequence[Draw]) -> Steadiness:
    """The figures of one annotator; `draws` are all that were asked for, in their order.

    No label is an answer as another: from a label to none is a change.
    """
    several = [reading for reading in readings if len(reading.wordings) > 1]
    gold = [reading for reading in several if reading.gold is not None]
    return Steadiness(
        changed=Share(sum(not one.steady for one in several), len(several)),
        agreement=_mean([_agreeing(one.wordings) for one in several]),
        by_kind=by_kind(readings, draws),
        by_wording=by_wording(readings, draws),
        right_if_steady=_right([one for one in gold if one.steady]),
        right_if_not=_right([one for one in gold if not one.steady]),
    )


def _agreeing(answers: Sequence[str | None]) -> float:
    pairs = list(combinations(answers, 2))
    return sum(one == other for one, other in pairs) / len(pairs)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _right(readings: Sequence[Reading]) -> Share:
    return Share(sum(one.own == one.gold for one in readings), len(readings))
