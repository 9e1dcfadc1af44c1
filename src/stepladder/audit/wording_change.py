"""What each other wording changed against the task's own, and whether it still means the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stepladder.audit.holm import holm
from stepladder.audit.pairs import Pairs
from stepladder.audit.reading import Reading
from stepladder.audit.share import Share
from stepladder.types import FIRST, Draw

LEVEL = 0.05
"""Chance of a false alarm that is accepted, over all wordings of an annotator together."""
AGAIN = "samples"
"""The kind of a draw in the same words."""


@dataclass(frozen=True, slots=True)
class KindChange:
    """What draws of one kind changed."""

    kind: str
    """paraphrases, options, examples, or samples for the same words once more."""
    draws: int
    """How many of that kind were asked for."""
    changed: Share
    """Candidates of which any of these draws has another answer than the task's own wording."""
    per_wording_mean: float | None
    """Mean over these draws of the share that one changed, 0 to 1; None where nothing was heard."""


@dataclass(frozen=True, slots=True)
class WordingChange:
    """What one draw changed."""

    draw: Draw
    changed: Share
    """Candidates whose answer is another one than to the task's own wording."""
    lost: int
    """Those of them that had a label and have none now."""
    gained: int
    """Those of them that had none."""
    right: Share
    """Right answers, on gold."""
    right_own: Share
    """Right answers to the task's own wording, on the same gold."""
    p_worse: float
    """Of being no worse on gold: exact McNemar test, one-sided, Holm-adjusted over the draws."""

    @property
    def other_meaning(self) -> bool:
        """Whether it is less often right than the task's own wording, beyond chance."""
        return self.p_worse <= LEVEL


def by_kind(readings: Sequence[Reading], draws: Sequence[Draw]) -> list[KindChange]:
    """One row for each kind of draw, in the order of the draws."""
    kinds: dict[str, list[Draw]] = {}
    for draw in draws:
        if draw != FIRST:
            kinds.setdefault(kind_of(draw), []).append(draw)
    return [
        KindChange(kind, len(members), _changed(readings, members), _mean(readings, members))
        for kind, members in kinds.items()
    ]


def by_wording(readings: Sequence[Reading], draws: Sequence[Draw]) -> list[WordingChange]:
    """One row for each draw but the first, in the order of the draws."""
    rows = [_of(readings, draw) for draw in draws if draw != FIRST]
    adjusted = holm([row.p_worse for row in rows])
    return [replace(row, p_worse=p) for row, p in zip(rows, adjusted, strict=True)]


def kind_of(draw: Draw) -> str:
    """What a draw changes: the part of the variant's name before its number."""
    return AGAIN if draw.sample else draw.variant.rpartition("-")[0]


def _changed(readings: Sequence[Reading], draws: Sequence[Draw]) -> Share:
    heard = [(one, [d for d in draws if d in one.answers]) for one in readings]
    compared = [(one, among) for one, among in heard if among]
    changed = sum(any(one.answers[d] != one.own for d in among) for one, among in compared)
    return Share(changed, len(compared))


def _mean(readings: Sequence[Reading], draws: Sequence[Draw]) -> float | None:
    each = [_changed(readings, [draw]).value for draw in draws]
    heard = [value for value in each if value is not None]
    return sum(heard) / len(heard) if heard else None


def _of(readings: Sequence[Reading], draw: Draw) -> WordingChange:
    heard = [(one.own, one.answers[draw], one.gold) for one in readings if draw in one.answers]
    right = [(own == gold, other == gold) for own, other, gold in heard if gold is not None]
    pairs = Pairs(
        gains=sum(other and not own for own, other in right),
        losses=sum(own and not other for own, other in right),
    )
    return WordingChange(
        draw=draw,
        changed=Share(sum(own != other for own, other, _ in heard), len(heard)),
        lost=sum(own is not None and other is None for own, other, _ in heard),
        gained=sum(own is None and other is not None for own, other, _ in heard),
        right=Share(sum(other for _, other in right), len(right)),
        right_own=Share(sum(own for own, _ in right), len(right)),
        p_worse=pairs.worse,
    )
