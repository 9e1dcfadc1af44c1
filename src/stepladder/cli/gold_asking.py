"""Asking somebody who is trusted about one candidate after the other."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console

from stepladder.cli.gold_keys import QUIT, SKIP, UNDO, Keys
from stepladder.engine.gold_session import GoldSession
from stepladder.task import Task
from stepladder.task.template import fill
from stepladder.types import SINGLE_QUESTION, Candidate

SHOWN = 20
"""Characters of a line that is no key."""


def ask_all(
    session: GoldSession, task: Task, keys: Keys, typed: Iterator[str], console: Console
) -> None:
    """Ask until all is answered, the input ends or somebody quits."""
    while (candidate := session.next()) is not None:
        _show(session, candidate, task, keys, console)
        while True:
            key = next(typed, QUIT).lower()
            if key == QUIT:
                return
            if _acted(session, key, keys, console):
                break


def _acted(session: GoldSession, key: str, keys: Keys, console: Console) -> bool:
    """Do what the key says; whether there is another candidate to show."""
    if key in keys.labels:
        session.answer(keys.labels[key])
        console.print(f"  {keys.labels[key]}")
        return True
    if key == SKIP:
        session.skip()
        return True
    if key == UNDO:
        back = session.undo()
        console.print("  taken back" if back else "There is nothing to take back.")
        return back
    if key:
        said = f"{key[:SHOWN]!r} is no key here: {', '.join(_choices(keys))}."
        console.print(said, soft_wrap=True)
    return False


def _show(
    session: GoldSession, candidate: Candidate, task: Task, keys: Keys, console: Console
) -> None:
    place = f"{len(session.labels) + 1:,} of {session.total:,}"
    asked = "" if candidate.question == SINGLE_QUESTION else f", question {candidate.question}"
    console.print(f"\n-- {place}: id {candidate.id}{asked}", style="bold", soft_wrap=True)
    console.print(fill(task.text, candidate.columns), soft_wrap=True)
    console.print()
    for key, label in keys.labels.items():
        meaning = task.labels[label].description
        console.print(f"  {key}  {label}{f': {meaning}' if meaning else ''}", soft_wrap=True)
    console.print(f"  {', '.join(WAYS)}")


WAYS = (f"{UNDO} back", f"{SKIP} later", f"{QUIT} quit")
"""What other keys do."""


def _choices(keys: Keys) -> Iterator[str]:
    yield from (f"{key} {label}" for key, label in keys.labels.items())
    yield from WAYS
