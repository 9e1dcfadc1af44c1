"""When a tier's votes are good enough to stop climbing."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Annotated

from pydantic import Field, model_validator

from stepladder.strict_toml import KeyedError, Settings

Share = Annotated[Decimal, Field(ge=0, le=1)]
"""A number from 0 to 1."""


class Accept(Settings):
    """Conditions that must all hold; a tier may list several such tables, any of which will do."""

    probability: Share | None = None
    """At least this calibrated probability of the most probable label, 0 to 1."""
    ties: Share | None = None
    """Of candidates with exactly that probability, the share that is accepted: their ids decide."""
    agree: int | None = Field(default=None, ge=1)
    """At least this many of those asked so far name the label."""
    margin: Share | None = None
    """At least this lead of the most probable label over the next, 0 to 1."""
    entropy: Share | None = None
    """At most this entropy of the posterior, 0 (sure) to 1 (uniform)."""

    @cached_property
    def described(self) -> str:
        """The conditions in a few words."""
        wanted = self.model_dump(exclude_none=True, exclude={"ties"})
        signs = {"probability": ">=", "margin": ">=", "entropy": "<=", "agree": ">="}
        return " and ".join(f"{name} {signs[name]} {value}" for name, value in wanted.items())

    @model_validator(mode="after")
    def _says_something(self) -> Accept:
        if not self.model_fields_set:
            raise ValueError("empty; name probability, agree, margin or entropy, or leave it out")
        if self.ties is not None and self.probability is None:
            raise KeyedError("belongs to a probability; name that too", "ties")
        return self
