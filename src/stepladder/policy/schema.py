"""What policy.toml may say."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, field_validator, model_validator

from stepladder.nearest import did_you_mean
from stepladder.policy.accept import Accept
from stepladder.policy.annotators import AnnotatorSpec, HumanSpec
from stepladder.policy.asking import problem_with_confidence
from stepladder.policy.confidence import ConfidenceSpec
from stepladder.policy.evidence import Evidence
from stepladder.strict_toml import KeyedError, Settings
from stepladder.types import Usd


def _exact(amount: Decimal) -> Decimal:
    Usd.of(amount)
    return amount


Amount = Annotated[Decimal, Field(ge=0), AfterValidator(_exact)]
"""USD, exact to a pico-USD."""


class Budget(Settings):
    """Walls that spend and reservations together never pass."""

    usd: Amount | None = None
    """For everything but wages, in USD; without it, the run must be given --budget."""
    wages: Amount = Decimal(0)
    """For people's wages, in USD."""
    shared: str = ""
    """A name: all runs of one ledger whose budgets have the same name draw on one budget."""


class Calibration(Settings):
    """Gold that is spent on learning how far to trust each annotator."""

    rows: int = Field(default=200, ge=0)
    """At most so many rows of gold are put to every annotator but people; 0 for none."""
    share: Annotated[Decimal, Field(gt=0, le=1)] = Decimal("0.5")
    """At most this share of the gold rows; the rest measures accuracy."""
    minimum: int = Field(default=30, ge=2)
    """With fewer answered rows an annotator stays uncalibrated, and the output says so."""
    prior: bool = True
    """Whether a candidate's columns and text may join the votes, if that helps on unseen groups."""


class Deliver(StrEnum):
    """Whose label is delivered."""

    POOL = "pool"
    """The most probable one, given all votes so far."""
    LAST = "last"
    """The one that the last of those asked so far named: the others only say how sure it is."""


class Fitted(Settings):
    """What was learnt beforehand, so that no gold is spent on learning it again."""

    file: str = Field(min_length=1)
    """JSON beside the policy, as `stepladder tune` wrote it."""
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    """Of that file: a changed one is refused."""


class Tier(Settings):
    """One rung of the ladder."""

    name: str = Field(min_length=1)
    """How the output calls it."""
    ask: tuple[str, ...] = Field(min_length=1)
    """The annotators asked at once, by name."""
    accept: tuple[Accept, ...] = ()
    """When to stop here: any of these; with none, any label is accepted."""
    confidence: ConfidenceSpec | None = None
    """Where confidence comes from: a source, or a table; by default as each annotator has it."""

    @field_validator("name")
    @classmethod
    def _fits_a_route(cls, value: str) -> str:
        if ">" in value or not value.strip():
            raise ValueError("should be a name without '>', which joins names to a route")
        if value == "gold":
            raise ValueError("should be another name: 'gold' is the route of calibration rows")
        return value

    @field_validator("ask", mode="before")
    @classmethod
    def _one_name(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("confidence", mode="before")
    @classmethod
    def _plain_source(cls, value: Any) -> Any:
        return {"source": value} if isinstance(value, str) else value

    @field_validator("accept", mode="before")
    @classmethod
    def _one_table(cls, value: Any) -> Any:
        return [value] if isinstance(value, dict | Accept) else value


class Policy(Settings):
    """Who is asked, in which order, when their answers suffice, and what it may cost."""

    name: str = Field(min_length=1)
    """The name of the policy."""
    description: str = ""
    """What it is good for."""
    budget: Budget = Budget()
    """The walls."""
    calibration: Calibration = Calibration()
    """How gold is used."""
    deliver: Deliver = Deliver.POOL
    """Whose label is delivered: 'pool' or 'last'."""
    fitted: Fitted | None = None
    """A fit made before; by default gold calibrates when a run starts."""
    evidence: Evidence | None = None
    """What a tuned policy rests on."""
    prices: tuple[str, ...] = ()
    """Price tables of the user's own, beside the policy file; they win over the shipped ones."""
    annotators: dict[str, AnnotatorSpec]
    """Who can be asked, by name."""
    tiers: tuple[Tier, ...] = Field(min_length=1)
    """The ladder, from cheap to expensive."""

    @model_validator(mode="after")
    def _consistent(self) -> Policy:
        names = [tier.name for tier in self.tiers]
        for position, tier in enumerate(self.tiers):
            if tier.name in names[:position]:
                raise KeyedError(
                    f"{tier.name!r} appears twice; names must differ", "tiers", position, "name"
                )
            problem = (
                self._problem_with_asked(tier.ask)
                or self._problem_with_people(tier)
                or self._problem_with_above(position, tier)
            )
            if problem is not None:
                raise KeyedError(problem, "tiers", position, "ask")
            self._check_agree(position, tier)
            self._check_confidence(position, tier)
        return self

    def _problem_with_asked(self, asked: tuple[str, ...]) -> str | None:
        unknown = next((name for name in asked if name not in self.annotators), None)
        if unknown is not None:
            return (
                f"{unknown!r} is not among the annotators; {did_you_mean(unknown, self.annotators)}"
            )
        twice = next((name for name in asked if asked.count(name) > 1), None)
        return None if twice is None else f"{twice!r} is asked twice; name each annotator once"

    def _problem_with_above(self, position: int, tier: Tier) -> str | None:
        above = {name: one.name for one in self.tiers[:position] for name in one.ask}
        again = next((name for name in tier.ask if name in above), None)
        if again is None:
            return None
        return (
            f"{again!r} is asked in {above[again]!r} already; its vote counts in every later "
            "tier, so name only whom this tier adds"
        )

    def _problem_with_people(self, tier: Tier) -> str | None:
        person = next((name for name in tier.ask if self.is_person(name)), None)
        if person is None:
            return None
        if tier is not self.tiers[-1]:
            return f"{person!r} is a person, and people are asked last; move the tier to the end"
        if len(tier.ask) > 1:
            return f"{person!r} is a person, whose word is final; ask nobody else in that tier"
        if tier.accept:
            return f"{person!r} is a person, whose word is final; leave out the tier's accept"
        return None

    def _check_agree(self, position: int, tier: Tier) -> None:
        asked = {name for above in self.tiers[: position + 1] for name in above.ask}
        for index, rule in enumerate(tier.accept):
            if rule.agree is not None and rule.agree > len(asked):
                raise KeyedError(
                    f"{rule.agree} cannot agree, since the tiers up to here ask only {len(asked)}",
                    *("tiers", position, "accept", index, "agree"),
                )

    def _check_confidence(self, position: int, tier: Tier) -> None:
        if tier.confidence is None:
            return
        for name in tier.ask:
            problem = problem_with_confidence(name, self.annotators[name], tier.confidence)
            if problem is not None:
                raise KeyedError(problem, "tiers", position, "confidence")

    def is_person(self, name: str) -> bool:
        """Whether the annotator of this name is a person, paid in wages."""
        return isinstance(self.annotators[name], HumanSpec)

    @property
    def machines(self) -> tuple[str, ...]:
        """The annotators on the ladder that are not people, in the order they are asked."""
        asked = dict.fromkeys(name for tier in self.tiers for name in tier.ask)
        return tuple(name for name in asked if not self.is_person(name))
