"""The final answer for a candidate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stepladder.types.candidate import CandidateKey
from stepladder.types.money import NOTHING, Usd
from stepladder.types.posterior import Posterior
from stepladder.types.usage import UNUSED, Usage


class Status(StrEnum):
    """What became of a candidate."""

    LABELLED = "labelled"
    """It has a label."""
    PENDING = "pending"
    """It waits for a person."""
    ABSTAINED = "abstained"
    """No tier was sure enough, and nobody is left to ask."""
    FAILED = "failed"
    """No annotator gave any label."""
    OVER_BUDGET = "over_budget"
    """The budget ended before its route did."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for one question about one candidate, and what it cost."""

    key: CandidateKey
    status: Status
    label: str | None = None
    """The label; set exactly when the status is `labelled`."""
    probability: float | None = None
    """Probability that the label is right; None for gold, for people and where there is none."""
    posterior: Posterior | None = None
    """What the machines' votes amounted to; kept where a person decided, to compare."""
    calibrated: bool = False
    """Whether every probability in the posterior was calibrated against gold."""
    route: tuple[str, ...] = ()
    """The names of the tiers that were asked, in order."""
    cost: Usd = NOTHING
    """Money spent on this candidate, wages included."""
    usage: Usage = UNUSED
    """Tokens of all attempts."""
    reason: str = ""
    """In a few words, why it ended like this."""
