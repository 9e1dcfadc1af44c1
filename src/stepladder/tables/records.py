"""One decision as one row of the output."""

from __future__ import annotations

from dataclasses import dataclass, fields

from stepladder.types import CandidateKey, Decision


@dataclass(frozen=True, slots=True)
class Record:
    """What the output says of one decision; each field is a column."""

    id: str
    question: str
    label: str | None
    """None unless the status is `labelled`."""
    probability: float | None
    """Probability that the label is right, 0 to 1, if it came from a posterior."""
    calibrated: str | None
    """Whether that probability was calibrated against gold: 'yes' or 'no'."""
    status: str
    route: str
    """The names of the tiers that were asked, in order, joined by '>'."""
    cost_usd: str
    """USD as plain digits, exact."""
    tokens: int
    """Tokens of all kinds and attempts."""
    reason: str
    """In a few words, why it ended like this."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A row, and what it is about."""

    key: CandidateKey
    record: Record


COLUMNS = tuple(field.name for field in fields(Record))
"""The columns of every output file, in order; all of them are always there."""


def record_of(decision: Decision) -> Record:
    """The row that stands for the decision."""
    return Record(
        id=_sound(decision.key.id),
        question=_sound(decision.key.question),
        label=None if decision.label is None else _sound(decision.label),
        probability=decision.probability,
        calibrated=_calibrated(decision),
        status=decision.status.value,
        route=_sound(">".join(decision.route)),
        cost_usd=decision.cost.plain,
        tokens=decision.usage.tokens,
        reason=_sound(decision.reason),
    )


def keyed(decision: Decision) -> Keyed:
    """The row with the decision's own key, which the row may show otherwise."""
    return Keyed(decision.key, record_of(decision))


def _calibrated(decision: Decision) -> str | None:
    if decision.probability is None:
        return None
    return "yes" if decision.calibrated else "no"


def _sound(text: str) -> str:
    """The text with half characters replaced: a model's words must never stop the writing."""
    return text.encode("utf-8", "replace").decode()
