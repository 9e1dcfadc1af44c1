"""How gold stands, and how to go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from rich.console import Console

from stepladder.cli.gold_request import GoldRequest
from stepladder.cli.screen import many
from stepladder.engine.gold_draw import Deck
from stepladder.engine.gold_frame import Frame
from stepladder.engine.gold_worth import DEFAULTS, GoldWorth, worth
from stepladder.ledger import masked
from stepladder.policy import Policy
from stepladder.task.candidates_file import CandidatesFile
from stepladder.task.trusted import Trusted


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
    """Rows with gold after which an annotator's calibration is trusted, if groups are small."""
    worth: GoldWorth
    """What a run could calibrate on it."""

    @classmethod
    def of(
        cls, candidates: CandidatesFile, frame: Frame, deck: Deck, policy: Policy | None
    ) -> GoldStanding:
        """After a session, without a policy by the defaults; the file is read once more."""
        chosen, task = policy or DEFAULTS, candidates.task
        wanted = chosen.calibration
        trusted = {
            asked.candidate.key: Trusted(asked.entry.label, asked.entry.probability)
            for asked in deck.asked
            if asked.entry.label is not None
        }
        counts = Counter(frame.by_label)
        counts.update(one.label for one in trusted.values())
        return cls(
            by_label={label: counts[label] for label in task.labels},
            waiting=len(deck.asked) - len(trusted),
            drawn=len(deck.asked),
            undrawn=sum(frame.sizes.values()) - len(deck.asked),
            needed=ceil(wanted.minimum / wanted.share),
            worth=worth(candidates, trusted, task, chosen),
        )

    @property
    def gold(self) -> int:
        """Rows with gold."""
        return sum(self.by_label.values())

    @property
    def missing(self) -> int:
        """Rows with gold that are still needed."""
        return max(self.needed - self.gold, self.worth.short, 0)

    @property
    def gaps(self) -> tuple[str, ...]:
        """What cannot be learnt; what may still be answered is not missed before it is."""
        if self.waiting and self.missing and self.worth.more_helps:
            return ()
        return tuple(gap.message for gap in self.worth.gaps)


def print_standing(console: Console, standing: GoldStanding, request: GoldRequest) -> None:
    """Gold by label, what is missing, and the command to go on with."""
    counts = ", ".join(f"{label} {n:,}" for label, n in standing.by_label.items())
    console.print(f"\n{many(standing.gold, 'row')} with gold: {counts}.", soft_wrap=True)
    for line in _worth_lines(standing):
        console.print(line, soft_wrap=True)
    console.print(f"Ledger: {masked(request.ledger_url)}", soft_wrap=True)
    if standing.waiting:
        console.print(f"{standing.waiting:,} wait; go on with:", soft_wrap=True)
    console.print(f"  {_go_on(standing, request)}", soft_wrap=True)


def _worth_lines(standing: GoldStanding) -> Iterator[str]:
    found = standing.worth
    if found.enough:
        yield "Enough to calibrate."
    elif not found.more_helps:
        yield "Not enough to calibrate."
    elif standing.gold < standing.needed:
        yield (
            f"{standing.missing:,} more until calibration is trusted ({standing.needed:,} rows, of "
            f"which {found.minimum:,} calibrate and the rest measures)."
        )
    elif found.short:
        yield (
            f"Not enough to calibrate: only {found.effective:,} of {found.minimum:,} rows that are "
            f"needed, since {_since(found)}."
        )
    else:
        yield "Not enough to calibrate yet."
    for gap in standing.gaps:
        yield f"{gap[0].upper()}{gap[1:]}."
    if found.more_helps and not standing.undrawn and not standing.waiting:
        yield "No candidate of the file is left to draw; add others to it."


def _since(found: GoldWorth) -> str:
    if found.calibrating < found.minimum:
        return "groups stay whole"
    return f"{found.calibrating:,} drawn with unequal chances are worth no more"


def _go_on(standing: GoldStanding, request: GoldRequest) -> str:
    if standing.waiting:
        # A sheet that came back says nothing of how many are wanted: no more than were drawn.
        drawn = standing.gold + standing.waiting
        return (request if request.back is None else replace(request, rows=drawn)).command
    if standing.worth.more_helps and standing.undrawn:
        return replace(request, rows=_rows_wanted(standing, request)).command
    return request.next_command


def _rows_wanted(standing: GoldStanding, request: GoldRequest) -> int:
    if request.rows < standing.needed:
        return standing.needed
    # So many did not suffice, for their groups or labels; a sheet may be of a smaller draw.
    more = standing.missing or standing.worth.minimum
    return request.rows + (more if request.back is None else 0)


def standing_figures(standing: GoldStanding, request: GoldRequest) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "gold": standing.gold,
        "by_label": dict(standing.by_label),
        "drawn": standing.drawn,
        "waiting": standing.waiting,
        "needed": standing.needed,
        "missing": standing.missing,
        "calibrating": standing.worth.calibrating,
        "calibrating_worth": standing.worth.effective,
        "enough": standing.worth.enough,
        "gaps": list(standing.gaps),
        "ledger": masked(request.ledger_url),
        "go_on": _go_on(standing, request),
    }
