"""A run's task, policy, candidates and prices, read and checked before anything is paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from stepladder.annotators.base import Annotator
from stepladder.annotators.function import LabelFunction
from stepladder.engine.call import Calls, calls_of
from stepladder.engine.frozen import Frozen, frozen_fit
from stepladder.engine.rates import Rate, TokenRate, rates_of
from stepladder.errors import PolicyError
from stepladder.policy import Policy
from stepladder.pricing import Price, PriceBook
from stepladder.task import Task
from stepladder.types import Usd


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the user chooses for one run."""

    ledger: str
    """URL of the ledger, such as sqlite:///reviews.db."""
    run: str = ""
    """The run's name; by default the task's."""
    shared: str = ""
    """The budget that it shares with other runs of the ledger, in place of the policy's."""
    budget: Usd | None = None
    """USD, in place of the policy's."""
    wages: Usd | None = None
    """USD for people, in place of the policy's."""
    seed: int = 0
    """Chooses the calibration rows and the jitter of retries."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything a run is made of, but its candidates.

    Raises PolicyError where a tier asks for variants that the task does not have.
    """

    task: Task
    policy: Policy
    annotators: Mapping[str, Annotator]
    """By name, not wrapped."""
    rates: Mapping[str, Rate]
    """By name, of those whom the ladder asks."""
    frozen: Frozen | None = field(default=None, repr=False)
    """The fit that the policy was tuned with; without one, gold calibrates."""
    calls: Calls = field(init=False, repr=False)
    """What one vote of each of them takes."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "calls", calls_of(self.policy, self.task))

    def budget(self, options: RunOptions) -> Usd:
        """The wall; raises PolicyError when nobody named one."""
        if options.budget is not None:
            return options.budget
        if self.policy.budget.usd is None:
            raise PolicyError("no budget: give --budget USD, or usd under [budget] in the policy")
        return Usd.of(self.policy.budget.usd)

    def wages(self, options: RunOptions) -> Usd:
        """The wall for people's wages."""
        return Usd.of(self.policy.budget.wages) if options.wages is None else options.wages


def set_up(
    task: Task,
    policy: Policy,
    policy_folder: Path,
    *,
    day: date,
    custom: Mapping[str, Annotator | LabelFunction] | None = None,
) -> Setup:
    """Prices and annotators for a policy; raises PriceError or PolicyError."""
    from stepladder.annotators.build import build_annotators

    book = PriceBook.load([policy_folder / name for name in policy.prices])
    rates = rates_of(policy, book, day)
    prices = _token_prices(rates)
    annotators = build_annotators(policy, task, policy_folder, prices, custom or {})
    frozen = frozen_fit(policy, policy_folder, task.label_names)
    return Setup(task, policy, annotators, rates, frozen)


def _token_prices(rates: Mapping[str, Rate]) -> dict[str, Price]:
    return {name: rate.price for name, rate in rates.items() if isinstance(rate, TokenRate)}
