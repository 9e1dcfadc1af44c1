"""Some machines of a policy, each asked at chosen draws: outside the ladder, paid as on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from stepladder.engine.call import Call, Calls
from stepladder.engine.setup import Setup
from stepladder.engine.staff import Staff
from stepladder.policy import Policy
from stepladder.types import NOTHING, Candidate, Draw, Usd, total


@dataclass(frozen=True, slots=True)
class Questions:
    """Who is asked, and in which words."""

    setup: Setup
    """With these machines alone; each is asked as its tier has it, so that answers in the
    task's own wording are the ones that a run would buy."""
    draws: tuple[Draw, ...]
    """What every one of them is asked at, the task's own wording first."""

    @classmethod
    def of(cls, setup: Setup, names: Sequence[str], draws: Sequence[Draw]) -> Questions:
        """Those machines of the setup, at these draws."""
        policy = _asking(setup.policy, names)
        annotators = {name: setup.annotators[name] for name in names}
        rates = {name: setup.rates[name] for name in names}
        return cls(Setup(setup.task, policy, annotators, rates), tuple(draws))

    @property
    def names(self) -> tuple[str, ...]:
        """Who is asked, cheap ones first."""
        return self.setup.policy.machines

    @property
    def calls(self) -> Calls:
        """The calls about each candidate, by annotator."""
        return {name: tuple(Call(name, draw) for draw in self.draws) for name in self.names}

    def asked_by(self, staff: Staff) -> Staff:
        """The staff, asking this in place of what a vote takes."""
        return replace(staff, calls=self.calls)

    def most(self, candidates: Iterable[Candidate]) -> Usd:
        """The most that they can cost, all retries included."""
        staff = self.asked_by(Staff.of(self.setup))
        return total(most_about(staff, candidate) for candidate in candidates)


def most_about(staff: Staff, candidate: Candidate) -> Usd:
    """The most that all questions about one candidate can cost."""
    offers = staff.route(candidate)
    return offers[0].usd if offers else NOTHING


def _asking(policy: Policy, names: Sequence[str]) -> Policy:
    """The policy, its ladder without anybody else."""
    asked = ((tier, tuple(name for name in tier.ask if name in names)) for tier in policy.tiers)
    tiers = tuple(tier.model_copy(update={"ask": ask}) for tier, ask in asked if ask)
    return policy.model_copy(update={"tiers": tiers})
