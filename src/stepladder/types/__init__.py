"""The nouns: candidate, vote, usage, posterior, decision, and exact money."""

from stepladder.types.candidate import SINGLE_QUESTION, Candidate, CandidateKey
from stepladder.types.decision import Decision, Status
from stepladder.types.draw import BASE, FIRST, Draw
from stepladder.types.money import NOTHING, Usd, total
from stepladder.types.posterior import Posterior
from stepladder.types.usage import UNUSED, Usage
from stepladder.types.vote import (
    NO_CONFIDENCE,
    Confidence,
    Labelled,
    Outcome,
    Reason,
    Source,
    Unlabelled,
    Vote,
)

__all__ = [
    "BASE",
    "FIRST",
    "NOTHING",
    "NO_CONFIDENCE",
    "SINGLE_QUESTION",
    "UNUSED",
    "Candidate",
    "CandidateKey",
    "Confidence",
    "Decision",
    "Draw",
    "Labelled",
    "Outcome",
    "Posterior",
    "Reason",
    "Source",
    "Status",
    "Unlabelled",
    "Usage",
    "Usd",
    "Vote",
    "total",
]
