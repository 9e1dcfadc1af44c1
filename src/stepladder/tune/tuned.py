"""What a tuning came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stepladder.engine.frozen import Frozen
from stepladder.policy import Policy
from stepladder.simulate.figures import Simulated
from stepladder.tune.ladder import Rung
from stepladder.tune.promise import Method


@dataclass(frozen=True, slots=True)
class Chosen:
    """The policy, without its fit and evidence written into it yet."""

    policy: Policy
    frozen: Frozen | None
    """None where no machine is asked."""
    expected: Rung | None
    """What the search expected of it; None where people alone are asked."""
    measured: Simulated
    """What it came to on gold."""
    measured_on: str
    """On which rows, in words."""
    promised: bool
    """Whether the promise was tested, and kept."""
    method: Method = Method.PEOPLE
    """How it was tested, where it was promised."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """The policy that serves the goal best, or why there is none."""

    chosen: Chosen | None
    """None where the goal is infeasible."""
    reason: str
    """Why that one, or why none and what would help."""
    frontier: Sequence[Rung]
    """Ladders that no cheaper one is as good as, by rising cost, as far as the search knows."""
    considered: Sequence[str]
    """The annotators searched over, cheap ones first."""
    left_out: Sequence[str]
    """Others of the recording."""
    rows: int
    groups: int
    taught: int
    """Rows that taught and chose."""
    tested: int
    """Rows that only the promise was tested on."""
    rest_groups: int
    """Groups that the promise is about."""
    rest_assumed: bool
    """Whether that is as many as have gold, since the recording does not tell."""
    beside_gold: int
    """Rows without gold in groups that have some: no promise is about them."""
    incomplete: int
    """Rows of gold that lack a vote: they teach nothing, and count as wrong where they test."""
    kept_local: int
    """Rows of gold left out, since not everybody may see them."""
    rest_kept_local: int
    """Rows without gold that not everybody may see: no promise is about them."""
