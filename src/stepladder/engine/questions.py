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
    calls: Calls
    """The calls about each candidate, by annotator."""

    @classmethod
    def of(cls, setup: Setup, names: Sequence[str], draws: Sequence[Draw]) -> Questions:
        """Those machines of the setup, each at all these draws, the task's own wording first."""
        return cls(
            _alone(setup, names), {name: tuple(Call(name, d) for d in draws) for name in names}
        )

    @classmethod
    def of_votes(cls, setup: Setup, names: Sequence[str]) -> Questions:
        """Those machines of the setup, each at what one vote of it takes."""
        return cls(_alone(setup, names), {name: setup.calls[name] for name in names})

    @property
    def names(self) -> tuple[str, ...]:
        """Who is asked, cheap ones first."""
        return self.setup.policy.machines

    @property
    def draws(self) -> tuple[Draw, ...]:
        """What the first of them is asked at."""
        return tuple(call.draw for call in self.calls[self.names[0]])

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


def _alone(setup: Setup, names: Sequence[str]) -> Setup:
    annotators = {name: setup.annotators[name] for name in names}
    rates = {name: setup.rates[name] for name in names}
    return Setup(setup.task, _asking(setup.policy, names), annotators, rates)


def _asking(policy: Policy, names: Sequence[str]) -> Policy:
    """The policy, its ladder without anybody else."""
    asked = ((tier, tuple(name for name in tier.ask if name in names)) for tier in policy.tiers)
    tiers = tuple(tier.model_copy(update={"ask": ask}) for tier, ask in asked if ask)
    return policy.model_copy(update={"tiers": tiers})
