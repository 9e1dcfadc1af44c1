"""What `stepladder tune` was asked to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stepladder.cli.searched import Searched
from stepladder.errors import UserError
from stepladder.tune.goal import AsGoodAsTheBest, AtMostError, ErrorCost, Goal, WithinBudget
from stepladder.tune.ladder import End
from stepladder.tune.promise import Of, Promise
from stepladder.tune.wish import Wish
from stepladder.types import Usd

TIERS = 4
"""Of machines, at most: a fifth one adds next to nothing."""
TIERS_BEFORE_PEOPLE = 3


@dataclass(frozen=True, slots=True)
class TuneRequest:
    """The command's arguments and options as they were given."""

    searched: Searched
    out: Path
    max_error: float | None
    max_accepted_error: float | None
    confidence: float | None
    strict: bool
    count_gold: bool
    error_cost: Usd | None
    budget: Usd | None
    people: bool
    tiers: int | None
    seed: int
    plot: Path | None

    def check(self) -> None:
        """Raise UserError when the options do not go together."""
        given = dict(self._goals())
        if len(given) > 1:
            raise UserError(f"{' and '.join(given)}: a policy is tuned for one goal; give one")
        errors = {"--max-error", "--max-accepted-error"}
        if self.confidence is not None and not errors & given.keys():
            raise UserError(
                "--with-confidence: of what? give --max-error E or --max-accepted-error E"
            )
        if self.strict and self.confidence is None:
            raise UserError("--strict is about a promise; give --with-confidence C too")
        if self.count_gold and (self.confidence is None or self.max_error is None):
            raise UserError("--count-gold is about a promise: --max-error E --with-confidence C")
        if self.searched.human_price is not None and not self.people:
            raise UserError("--human-price and --no-people: give one of them")
        if self.searched.human_price is not None and not given:
            raise UserError(
                "--human-price: without a goal people are left out, since they would label "
                "everything; give --max-error E, --error-cost USD or --budget-per-candidate USD"
            )
        if self.out.suffix.lower() != ".toml":
            raise UserError(f"--out {self.out}: a policy is a TOML file; name it .toml")

    def _goals(self) -> Iterator[tuple[str, Goal]]:
        if self.max_error is not None:
            yield "--max-error", AtMostError(self.max_error, Of.DELIVERED)
        if self.max_accepted_error is not None:
            yield "--max-accepted-error", AtMostError(self.max_accepted_error, Of.ACCEPTED)
        if self.error_cost is not None:
            yield "--error-cost", ErrorCost(float(self.error_cost.decimal))
        if self.budget is not None:
            yield "--budget-per-candidate", WithinBudget(float(self.budget.decimal))

    @property
    def wish(self) -> Wish:
        """The search's part."""
        goal = next((goal for _, goal in self._goals()), AsGoodAsTheBest())
        accepted = self.max_accepted_error is not None
        people = self.people and not isinstance(goal, AsGoodAsTheBest)
        end = End.PERSON if people else End.NOBODY if accepted else End.ANY
        return Wish(
            goal=goal,
            promise=self.promise,
            end=end,
            tiers=self.tiers or (TIERS if end is End.ANY else TIERS_BEFORE_PEOPLE),
            seed=self.seed,
            name=self.out.stem,
        )

    @property
    def promise(self) -> Promise | None:
        """What is to be tested; None for nothing."""
        if self.confidence is None:
            return None
        if self.max_error is not None:
            of = Of.ALL if self.count_gold else Of.DELIVERED
            return Promise(self.max_error, self.confidence, of, self.strict)
        return Promise(self.max_accepted_error or 0.0, self.confidence, Of.ACCEPTED, self.strict)

    @property
    def goal(self) -> str:
        """In words, for the policy file."""
        said = {
            "max error": self.max_error,
            "max accepted error": self.max_accepted_error,
            "with confidence": self.confidence,
            "error cost (USD)": None if self.error_cost is None else self.error_cost.plain,
            "budget per candidate (USD)": None if self.budget is None else self.budget.plain,
        }
        words = [f"{name} {value}" for name, value in said.items() if value is not None]
        words += ["gold counted"] if self.count_gold else []
        words += [] if self.people else ["no people"]
        return ", ".join(words) or "as cheap as can be, as good as the best machines"
