"""An item that waits for a label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

SINGLE_QUESTION = "label"
"""The name of the question when a task asks only one."""


class CandidateKey(NamedTuple):
    """One question asked of one candidate: what a decision answers."""

    id: str
    question: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One unlabelled item, with what the policy needs to route it."""

    id: str
    """The user's id, unique together with the question."""
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The row's columns, which the task's text template draws on."""
    question: str = SINGLE_QUESTION
    """Which of the task's questions is asked."""
    group: str = ""
    """Candidates of one group stay on one side of every split; by default a group of its own."""
    gold: str | None = None
    """The trusted label, where there is one."""
    sampled: float | None = None
    """Probability with which it was drawn to be given gold; None for gold that was not drawn."""
    local_only: bool = False
    """Whether only annotators on the user's own machines may see it."""
    key: CandidateKey = field(init=False, repr=False, compare=False)
    """What the ledger and the output know this candidate by."""

    def __post_init__(self) -> None:
        if not self.group:
            object.__setattr__(self, "group", self.id)
        object.__setattr__(self, "key", CandidateKey(self.id, self.question))
