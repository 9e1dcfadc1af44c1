"""`stepladder prices`: what models and people cost, on which day, and who says so."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stepladder.cli import options
from stepladder.cli.failing import plainly

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from stepladder.pricing import Entry, Price, Wage

Models = Annotated[
    list[str] | None,
    typer.Argument(metavar="[MODEL]...", help="Only these, on all days; else all of today."),
]
At = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Prices of that day.")
]
Own = Annotated[
    list[Path] | None,
    typer.Option("--prices", metavar="FILE", help="A price table of your own, which wins."),
]
Refresh = Annotated[
    bool, typer.Option("--refresh", help="Make a price table from the installed litellm instead.")
]
Out = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Where --refresh writes; else it prints.")
]


@plainly
def prices(
    *,
    models: Models = None,
    at: At = None,
    own: Own = None,
    refresh: Refresh = False,
    out: Out = None,
    json: options.Json = False,
) -> None:
    """List prices in USD per million tokens, and people's wages; no network is used."""
    from stepladder.cli.today import today
    from stepladder.errors import UserError

    day = at.date() if at else None
    if refresh:
        _refresh(out, day or today())
        return
    if out is not None:
        raise UserError("--out goes with --refresh; redirect the listing with > instead")
    _list(models or [], day, own or [], json=json)


def _refresh(out: Path | None, day: date) -> None:
    from stepladder.pricing import refreshed

    table = refreshed(at=day)
    if out is None:
        typer.echo(table, nl=False)
        return
    from stepladder.tables.replacing import plain_errors, replacing

    with plain_errors(out), replacing(out) as file:
        file.write(table.encode())
    typer.echo(f"{out}: {table.count('[[price]]'):,} models; name it under 'prices' in a policy.")


def _list(models: Sequence[str], day: date | None, own: Sequence[Path], *, json: bool) -> None:
    from stepladder.cli.screen import print_json
    from stepladder.cli.today import today
    from stepladder.pricing import PriceBook

    book = PriceBook.load(own)
    if models:
        wages = [e for e in book.people.entries(day) if e.name in models]
        named = [model for model in models if model not in book.people.names]
        found: Sequence[Entry[Price]] = book.find(named, day)
    else:
        found = book.entries(day or today())
        wages = list(book.people.entries(day or today()))
    if json:
        print_json({"prices": [_price(e) for e in found], "wages": [_wage(e) for e in wages]})
    else:
        _print(found, wages)


def _price(entry: Entry[Price]) -> dict[str, Any]:
    price = entry.value
    return {
        "model": entry.name,
        "aliases": list(entry.names[1:]),
        "from": price.since.isoformat(),
        "until": None if entry.until is None else entry.until.isoformat(),
        "input": _million(price.input),
        "cached_input": _million(price.cached_input),
        "cache_write": _million(price.cache_write),
        "output": _million(price.output),
        "reasoning": _million(price.reasoning),
        "per_request": _plain(price.per_request),
        "batch_discount": str(float(price.batch_discount)),
        "context": price.context,
        "max_output": price.max_output,
        "retired": price.retired,
        "source": price.source,
        "file": str(entry.file),
    }


def _wage(entry: Entry[Wage]) -> dict[str, Any]:
    return {
        "name": entry.name,
        "from": entry.value.since.isoformat(),
        "until": None if entry.until is None else entry.until.isoformat(),
        "per_answer": entry.value.per_answer.plain,
        "source": entry.value.source,
        "file": str(entry.file),
    }


def _million(pico_per_token: int) -> str:
    return _plain(pico_per_token * 10**6)


def _plain(pico: int) -> str:
    from stepladder.types import Usd

    return Usd(pico).plain


def _print(found: Sequence[Entry[Price]], wages: Sequence[Entry[Wage]]) -> None:
    from stepladder.cli.screen import screen, table

    console = screen()
    if found:
        rates = ("input", "cached_input", "cache_write", "output", "reasoning")
        columns = ("model", "from", "until", *rates, "per_request", "context")
        grid = table(
            *(name.replace("_", " ") for name in columns),
            "",
            numbers=frozenset(name.replace("_", " ") for name in columns[3:]),
            title="USD per million tokens",
        )
        for entry in found:
            row = _price(entry)
            cells = ["" if row[name] is None else str(row[name]) for name in columns]
            grid.add_row(*cells, "retired" if row["retired"] else "")
        console.print(grid)
    if wages:
        grid = table(
            "wage", "from", "until", "USD per answer", numbers=frozenset({"USD per answer"})
        )
        for wage in map(_wage, wages):
            grid.add_row(wage["name"], wage["from"], wage["until"] or "", wage["per_answer"])
        console.print(grid)
