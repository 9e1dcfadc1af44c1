"""What `stepladder tune` was asked to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from stepladder.errors import UserError
from stepladder.nearest import did_you_mean
from stepladder.policy import HumanSpec, Policy, RecordedSpec, Tier, confidence_of, load_policy
from stepladder.policy.load import policy_folder
from stepladder.pricing import PriceBook
from stepladder.recording import Recording
from stepladder.simulate import Scenario
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

    recording: Path
    out: Path
    policy: Path | None
    task: Path | None
    annotators: tuple[str, ...]
    max_error: float | None
    max_accepted_error: float | None
    confidence: float | None
    strict: bool
    error_cost: Usd | None
    budget: Usd | None
    human_price: Usd | None
    people: bool
    tiers: int | None
    prices: Path | None
    day: date
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
        if self.human_price is not None and not self.people:
            raise UserError("--human-price and --no-people: give one of them")
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
        end = End.PERSON if self.people else End.NOBODY if accepted else End.ANY
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
            return Promise(self.max_error, self.confidence, Of.DELIVERED, self.strict)
        return Promise(self.max_accepted_error or 0.0, self.confidence, Of.ACCEPTED, self.strict)

    @property
    def goal(self) -> str:
        """In words, for the policy file."""
        said = {
            "max error": self.max_error,
            "max accepted error": self.max_accepted_error,
            "with confidence": self.confidence,
            "error cost (USD)": self.error_cost and self.error_cost.plain,
            "budget per candidate (USD)": self.budget and self.budget.plain,
        }
        words = [f"{name} {value}" for name, value in said.items() if value is not None]
        words += [] if self.people else ["no people"]
        return ", ".join(words) or "as cheap as can be, as good as the best"

    def base(self, recording: Recording) -> Policy:
        """The annotators to search over; raises PolicyError or UserError."""
        if self.policy is not None:
            return _only(load_policy(self.policy), self.annotators)
        known = recording.contents.annotators
        for name in self.annotators:
            if name not in known:
                near = did_you_mean(name, known)
                raise UserError(f"--annotators {name}: not in the recording; {near}")
        names = self.annotators or tuple(known)
        if not names:
            raise UserError(f"{self.recording}: holds no votes")
        path = str(self.recording.resolve())
        return Policy(
            name="recorded",
            annotators={
                "person": HumanSpec(kind="human"),
                **{
                    name: RecordedSpec(kind="recorded", recording=path, annotator=name)
                    for name in names
                },
            },
            tiers=tuple(Tier(name=name, ask=(name,)) for name in names),
        )

    @property
    def folder(self) -> Path:
        """Where the base policy's relative paths begin."""
        return Path() if self.policy is None else policy_folder(self.policy)

    def scenario(self, base: Policy) -> Scenario:
        """The prices; raises PriceError."""
        book = PriceBook.load([self.folder / name for name in base.prices])
        if self.prices is not None:
            book = PriceBook.load([self.prices]).over(book)
        return Scenario(book, self.day, self.day.isoformat(), human_price=self.human_price)


def _only(policy: Policy, names: tuple[str, ...]) -> Policy:
    """The policy, each of its machines in a tier of its own."""
    for name in names:
        if name not in policy.annotators or policy.is_person(name):
            near = did_you_mean(name, policy.machines)
            raise UserError(f"--annotators {name}: no machine of the policy; {near}")
    chosen = names or policy.machines
    tiers = tuple(Tier(name=n, ask=(n,), confidence=confidence_of(policy, n)) for n in chosen)
    return policy.model_copy(update={"tiers": tiers, "fitted": None, "evidence": None})
