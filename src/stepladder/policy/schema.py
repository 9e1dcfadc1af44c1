"""What policy.toml may say."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, Field, field_validator, model_validator

from stepladder.nearest import did_you_mean
from stepladder.policy.accept import Accept
from stepladder.policy.annotators import AnnotatorSpec, HumanSpec
from stepladder.strict_toml import Settings
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


class Calibration(Settings):
    """Gold that is spent on learning how far to trust each annotator."""

    rows: int = Field(default=200, ge=0)
    """At most so many rows of gold are put to every annotator but people; 0 for none."""
    share: Annotated[Decimal, Field(gt=0, le=1)] = Decimal("0.5")
    """At most this share of the gold rows; the rest measures accuracy."""
    minimum: int = Field(default=30, ge=2)
    """With fewer answered rows than this an annotator stays uncalibrated, and the output says so."""


class Tier(Settings):
    """One rung of the ladder."""

    name: str = Field(min_length=1)
    """How the output calls it."""
    ask: tuple[str, ...] = Field(min_length=1)
    """The annotators asked at once, by name."""
    accept: tuple[Accept, ...] = ()
    """When to stop here: any of these; with none, any label is accepted."""

    @field_validator("ask", mode="before")
    @classmethod
    def _one_name(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

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
    prices: tuple[str, ...] = ()
    """Price tables of the user's own, beside the policy file; they win over the shipped ones."""
    annotators: dict[str, AnnotatorSpec]
    """Who can be asked, by name."""
    tiers: tuple[Tier, ...] = Field(min_length=1)
    """The ladder, from cheap to expensive."""

    @model_validator(mode="after")
    def _consistent(self) -> Policy:
        names = [tier.name for tier in self.tiers]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"tiers: {twice!r} appears twice; names must differ")
        for position, tier in enumerate(self.tiers):
            self._check_tier(tier, last=position == len(self.tiers) - 1)
        return self

    def _check_tier(self, tier: Tier, *, last: bool) -> None:
        for name in tier.ask:
            if name not in self.annotators:
                raise ValueError(
                    f"tiers: {tier.name!r} asks {name!r}, which is not among the annotators; "
                    f"{did_you_mean(name, self.annotators)}"
                )
        if len(set(tier.ask)) < len(tier.ask):
            raise ValueError(f"tiers: {tier.name!r} asks the same annotator twice")
        people = [name for name in tier.ask if self.is_person(name)]
        if people and (not last or len(people) < len(tier.ask)):
            raise ValueError(f"tiers: {tier.name!r}: people come last, in a tier of their own")
        if len(people) > 1 or (people and tier.accept):
            raise ValueError(f"tiers: {tier.name!r}: one person, without accept, decides")
        self._check_agree(tier)

    def _check_agree(self, tier: Tier) -> None:
        asked = {n for t in self.tiers[: self.tiers.index(tier) + 1] for n in t.ask}
        for rule in tier.accept:
            if rule.agree is not None and rule.agree > len(asked):
                raise ValueError(
                    f"tiers: {tier.name!r}: agree = {rule.agree}, "
                    f"but only {len(asked)} have been asked by then"
                )

    def is_person(self, name: str) -> bool:
        """Whether the annotator of this name is a person, paid in wages."""
        return isinstance(self.annotators[name], HumanSpec)

    @property
    def machines(self) -> tuple[str, ...]:
        """The annotators on the ladder that are not people, in the order they are asked."""
        asked = dict.fromkeys(name for tier in self.tiers for name in tier.ask)
        return tuple(name for name in asked if not self.is_person(name))
