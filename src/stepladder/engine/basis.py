"""What a decision rests on, as a digest: on the same basis a resumed run does not decide anew."""

from __future__ import annotations

from dataclasses import dataclass

from stepladder.digest import digest
from stepladder.engine.setup import Setup
from stepladder.policy import Deliver, asked_as
from stepladder.types import Candidate

UNSEEN_BY_ANSWERS = {
    "price",
    "concurrency",
    "requests_per_minute",
    "tokens_per_minute",
    "retries",
    "when_down",
    "patience",
}
"""Settings of an annotator that change no answer, so that changing them decides nothing anew."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Task, tiers and annotators of a run, and the fit it decides by."""

    policy: str
    """Digest of what decides."""
    fit: str
    """The fit's key in the ledger."""

    def of(self, candidate: Candidate) -> str:
        """The digest for one candidate: its columns and who may see it count too."""
        shown = [*candidate.key, dict(candidate.columns), candidate.local_only]
        return digest([self.policy, self.fit, shown])


def policy_digest(setup: Setup) -> str:
    """Digest of what decides: labels, tiers, and the annotators' settings that change answers."""
    annotators = {
        name: asked_as(setup.policy, name).model_dump(mode="json", exclude=UNSEEN_BY_ANSWERS)
        for name in setup.rates
    }
    tiers = [tier.model_dump(mode="json") for tier in setup.policy.tiers]
    decided_by = [] if setup.policy.deliver is Deliver.POOL else [setup.policy.deliver.value]
    return digest([setup.task.model_dump(mode="json"), tiers, annotators, *decided_by])
