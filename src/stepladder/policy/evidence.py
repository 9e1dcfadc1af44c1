"""What a tuned policy rests on."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from stepladder.policy.accept import Share
from stepladder.strict_toml import Settings


class Promised(Settings):
    """A bound on the error that was tested on gold which nothing else had seen."""

    error: Share
    """Share of wrong labels, at most."""
    of: Literal["delivered", "accepted", "all"]
    """Of all delivered labels, of those that machines gave, or of all with those of gold."""
    confidence: Share
    """Over the draw of the groups of gold."""
    method: Literal["exact", "sequence", "urn", "strict", "people"]
    """exact: proved (single rows); sequence, urn: measured; strict: as if a group that nobody saw
    were the largest, and all wrong; people: they label everything."""
    rest_groups: int = Field(ge=0)
    """How many groups the promise is about."""


class Evidence(Settings):
    """How a policy was made, and what it came to; nothing decides by it."""

    goal: str
    """What it was tuned for, in words."""
    recording: str
    """SHA-256 of the recording."""
    seed: int
    """Dealt the groups."""
    rows: int = Field(ge=0)
    """Rows of gold."""
    groups: int = Field(ge=0)
    """How many groups they are of."""
    taught: int = Field(ge=0)
    """Rows that taught the fit and chose the policy."""
    tested: int = Field(ge=0)
    """Rows that only the promise was tested on."""
    usd_per_candidate: Decimal = Field(ge=0)
    """Expected, people's wages included."""
    accuracy: Share
    """Expected share of right labels among delivered ones; people's count as right."""
    accuracy_low: Share
    """Lower end of its 95 % interval."""
    accuracy_high: Share
    """Upper end of its 95 % interval."""
    accepted: Share
    """Expected share that machines decide."""
    measured_on: str
    """On which rows these were measured."""
    promise: Promised | None = None
    """None where nothing was promised."""
