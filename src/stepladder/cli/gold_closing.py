"""How gold stands, and how to go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from rich.console import Console

from stepladder.cli.gold_request import GoldRequest
from stepladder.cli.screen import many
from stepladder.engine.gold_draw import Deck
from stepladder.engine.gold_frame import Frame
from stepladder.ledger import masked
from stepladder.policy import Policy
from stepladder.policy.schema import Calibration
from stepladder.task import Task


@dataclass(frozen=True, slots=True)
class GoldStanding:
    """How much gold there is, and how much is missing."""

    by_label: Mapping[str, int]
    """Rows with gold, the file's own included; a label without any is 0."""
    waiting: int
    """Drawn and not answered yet."""
    drawn: int
    """All that were drawn."""
    undrawn: int
    """Candidates without gold that could still be drawn."""
    needed: int
    """Rows with gold after which an annotator's calibration is trusted."""
    minimum: int
    """How many of these have to calibrate."""

    @classmethod
    def of(cls, task: Task, frame: Frame, deck: Deck, policy: Policy | None) -> GoldStanding:
        """After a session; without a policy by the defaults."""
        counts = Counter(frame.by_label)
        counts.update(asked.entry.label for asked in deck.asked if asked.entry.label is not None)
        wanted = Calibration() if policy is None else policy.calibration
        return cls(
            by_label={label: counts[label] for label in task.labels},
            waiting=sum(asked.entry.label is None for asked in deck.asked),
            drawn=len(deck.asked),
            undrawn=sum(frame.sizes.values()) - len(deck.asked),
            needed=ceil(wanted.minimum / wanted.share),
            minimum=wanted.minimum,
        )

    @property
    def gold(self) -> int:
        """Rows with gold."""
        return sum(self.by_label.values())

    @property
    def missing(self) -> int:
        """Rows with gold that are still needed."""
        return max(0, self.needed - self.gold)


def print_standing(console: Console, standing: GoldStanding, request: GoldRequest) -> None:
    """Gold by label, what is missing, and the command to go on with."""
    counts = ", ".join(f"{label} {n:,}" for label, n in standing.by_label.items())
    console.print(f"\n{many(standing.gold, 'row')} with gold: {counts}.", soft_wrap=True)
    if standing.missing:
        console.print(
            f"{standing.missing:,} more until calibration is trusted "
            f"({standing.needed:,} rows, of which {standing.minimum:,} calibrate and the rest "
            "measures).",
            soft_wrap=True,
        )
    else:
        console.print("Enough to calibrate.")
    console.print(f"Ledger: {masked(request.ledger_url)}", soft_wrap=True)
    if standing.waiting:
        console.print(f"{standing.waiting:,} wait; go on with:", soft_wrap=True)
    console.print(f"  {_go_on(standing, request)}", soft_wrap=True)


def _go_on(standing: GoldStanding, request: GoldRequest) -> str:
    if standing.waiting:
        return request.command
    if standing.missing and standing.undrawn:
        return replace(request, rows=_rows_wanted(standing, request)).command
    return request.next_command


def _rows_wanted(standing: GoldStanding, request: GoldRequest) -> int:
    if request.rows < standing.needed:
        return standing.needed
    # So many did not suffice, since whole groups are drawn; a sheet may be of a smaller draw.
    return request.rows + (standing.missing if request.back is None else 0)


def standing_figures(standing: GoldStanding, request: GoldRequest) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "gold": standing.gold,
        "by_label": dict(standing.by_label),
        "drawn": standing.drawn,
        "waiting": standing.waiting,
        "needed": standing.needed,
        "missing": standing.missing,
        "ledger": masked(request.ledger_url),
        "go_on": _go_on(standing, request),
    }
