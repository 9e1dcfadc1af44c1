"""`stepladder explain`: every vote, probability, attempt and cent of one candidate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stepladder.cli import options
from stepladder.cli.failing import plainly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepladder.ledger import Explained

Id = Annotated[str, typer.Argument(metavar="ID", help="The candidate's id.", show_default=False)]
LedgerUrl = Annotated[
    str, typer.Option(metavar="URL", help="The ledger that `label` named, sqlite:///FILE.db.")
]


@plainly
def explain(*, id_: Id, ledger: LedgerUrl, json: options.Json = False) -> None:
    """Show how one candidate came to its label: votes, probabilities, attempts and money."""
    from stepladder.cli.account import account_of
    from stepladder.cli.account_tables import print_account
    from stepladder.cli.screen import print_json, screen

    found = _look_up(id_, ledger)
    if json:
        print_json({"id": id_, "questions": [account_of(explained) for explained in found]})
        return
    console = screen()
    for explained in found:
        print_account(console, explained)


def _look_up(identity: str, url: str) -> Sequence[Explained]:
    from stepladder.errors import LedgerError
    from stepladder.ledger import connect, explain, masked
    from stepladder.nearest import did_you_mean

    engine = connect(url, must_exist=True)
    try:
        found = explain(engine, identity)
        if not found:
            from stepladder.ledger import known_ids

            near = did_you_mean(identity, known_ids(engine))
            raise LedgerError(f"{masked(url)}: knows no candidate {identity!r}; {near}")
        return found
    finally:
        engine.dispose()
