"""One session of `stepladder gold`: draw, ask or write or read, and say how it stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import typer
from rich.console import Console

from stepladder.cli.failing import INTERRUPTED
from stepladder.cli.gold_asking import ask_all
from stepladder.cli.gold_closing import GoldStanding, print_standing, standing_figures
from stepladder.cli.gold_keys import keys_of, typed
from stepladder.cli.gold_request import GoldRequest
from stepladder.cli.screen import many, margin, print_json, screen
from stepladder.digest import digest
from stepladder.engine.gold_draw import Deck, DrawWish, deck_of, draw_deck
from stepladder.engine.gold_frame import Frame, frame_of
from stepladder.engine.gold_session import GoldSession
from stepladder.engine.gold_taking import Taken, take
from stepladder.engine.starting import labels_of
from stepladder.errors import UserError
from stepladder.ledger import GoldBook, RunStart, masked, open_for_gold
from stepladder.policy import Policy, load_policy
from stepladder.task import Task, load_task
from stepladder.task.candidates_file import CandidatesFile
from stepladder.task.gold_sheet import check_new, read_sheet, write_sheet
from stepladder.task.template import fill
from stepladder.types import NOTHING
from stepladder.version import VERSION


def carry_out(request: GoldRequest, *, json: bool) -> None:
    """The whole command; raises UserError for whatever the user can mend."""
    request.check()
    desk = GoldDesk.of(request, margin() if json else screen())
    with closing(open_for_gold(request.ledger_url, start_of(request, desk.task))) as book:
        sitting = desk.sit(book)
        deck = deck_of(book.entries(), desk.candidates)
    standing = GoldStanding.of(desk.candidates, desk.frame, deck, desk.policy)
    if json:
        sheet = {} if sitting.taken is None else {"sheet": asdict(sitting.taken)}
        print_json({**standing_figures(standing, request), **sheet})
    else:
        print_standing(desk.console, standing, request)
    if sitting.interrupted:
        raise typer.Exit(INTERRUPTED)


def start_of(request: GoldRequest, task: Task) -> RunStart:
    """The session as the ledger has it: a start without a policy, which spends nothing."""
    return RunStart(
        name=request.run or f"{task.name} (gold)",
        task=task.name,
        labels=labels_of(task),
        task_digest=digest(task.model_dump(mode="json")),
        policy_digest="",
        policy="{}",
        seed=request.seed,
        budget=NOTHING,
        wages=NOTHING,
        version=VERSION,
    )


@dataclass(frozen=True, slots=True)
class Sitting:
    """How a session went."""

    taken: Taken | None = None
    """What a sheet that came back held; None where there was none."""
    interrupted: bool = False
    """Whether Ctrl-C ended it."""


@dataclass(frozen=True, slots=True)
class GoldDesk:
    """What a session needs beside the ledger, read and checked."""

    request: GoldRequest
    task: Task
    policy: Policy | None
    candidates: CandidatesFile
    frame: Frame
    console: Console

    @classmethod
    def of(cls, request: GoldRequest, console: Console) -> GoldDesk:
        """Read all files; raises UserError for the first thing that is wrong with them."""
        task = load_task(request.task)
        policy = None if request.policy is None else load_policy(request.policy)
        if request.sheet is not None:
            check_new(request.sheet)
        elif request.back is None:
            keys_of(task)
        candidates = CandidatesFile(request.candidates, task)
        return cls(request, task, policy, candidates, frame_of(candidates), console)

    def sit(self, book: GoldBook) -> Sitting:
        """Read the sheet that came back, or draw and give out."""
        if self.request.back is not None:
            return Sitting(self._take(book, self.request.back))
        deck = self._draw(book)
        if self.request.sheet is not None:
            self._write(deck, self.request.sheet)
        else:
            return self._ask(GoldSession(deck, book.add, book.entries, self.request.run))
        return Sitting()

    def _ask(self, session: GoldSession) -> Sitting:
        try:
            ask_all(session, self.task, keys_of(self.task), typed(), self.console)
        except KeyboardInterrupt:
            # Every answer is kept: it ends as by a key, but for the exit code.
            return Sitting(interrupted=True)
        return Sitting()

    def _draw(self, book: GoldBook) -> Deck:
        stratified = self.policy is not None and self.request.stratify
        strata_by = self.policy.tiers[0].ask if self.policy and stratified else ()
        wish = DrawWish(self.request.rows, self.request.seed, strata_by)
        deck = draw_deck(book, self.candidates, self.frame, wish)
        for line in self._drawn(deck):
            self.console.print(line, soft_wrap=True)
        return deck

    def _drawn(self, deck: Deck) -> Iterator[str]:
        groups = len({asked.candidate.group for asked in deck.asked})
        own = self.frame.gold
        yield (
            f"Drawn at random: {many(len(deck.asked), 'candidate')}, {deck.new:,} of them now, in "
            f"{groups:,} of {many(len(self.frame.sizes), 'group')}"
            + (f"; the file's own gold is {many(own, 'row')} more." if own else ".")
        )
        if deck.changed:
            yield (
                f"The text of {many(deck.changed, 'candidate')} is not the one that gold was given "
                "for: asked again."
            )
        if deck.strata is not None:
            by_stratum = sorted(deck.strata.items())
            shares = ", ".join(f"{name or 'no vote'} {rows:,}" for name, rows in by_stratum)
            yield f"Strata by the first tier's votes: {shares}."

    def _write(self, deck: Deck, path: Path) -> None:
        waiting = [asked.candidate for asked in deck.asked if asked.entry.label is None]
        write_sheet(path, self.task, waiting)
        self.console.print(
            f"Wrote {many(len(waiting), 'row')} to {path}; fill its column label, "
            "and give it back by --from.",
            soft_wrap=True,
        )

    def _take(self, book: GoldBook, path: Path) -> Taken:
        entries = book.entries()
        if not entries:
            raise UserError(
                f"{masked(self.request.ledger_url)}: nothing was drawn yet; begin with --sheet"
            )
        asked = {one.candidate.key: one for one in deck_of(entries, self.candidates).asked}
        today = {**entries, **{key: one.entry for key, one in asked.items()}}
        shown = {
            key: fill(self.task.text, asked[key].candidate.columns) if key in asked else None
            for key in entries
        }
        taken = take(book, today, read_sheet(path, self.task, shown))
        self.console.print(
            f"{path}: {many(taken.new, 'new answer')}, {taken.changed:,} changed, "
            f"{taken.same:,} known already, {taken.empty:,} empty.",
            soft_wrap=True,
        )
        return taken
