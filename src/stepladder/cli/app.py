"""All commands of `stepladder`, one file each; what is heavy they import when they are called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.main import get_command

from stepladder.cli import (
    calibrate,
    check,
    consistency,
    estimate,
    explain,
    export,
    gold,
    init,
    label,
    next_gold,
    prices,
    record,
    simulate,
    trying,
    tune,
)

app = typer.Typer(
    name="stepladder",
    help=(
        "Label data with a cascade of cheap models, strong models and people, inside a budget."
        "\n\nBegin with: stepladder init CANDIDATES"
    ),
    # Both would make `--help` slower, and a traceback that shows local variables shows keys.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        from stepladder.version import VERSION

        typer.echo(VERSION)
        raise typer.Exit


@app.callback()
def _main(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


app.command("init")(init.init)
app.command("label")(label.label)
app.command("gold")(gold.gold)
app.command("calibrate")(calibrate.calibrate)
app.command("estimate")(estimate.estimate)
app.command("consistency")(consistency.consistency)
app.command("try")(trying.try_)
app.command("check")(check.check)
app.command("export")(export.export)
app.command("explain")(explain.explain)
app.command("record")(record.record)
app.command("simulate")(simulate.simulate)
app.command("next-gold")(next_gold.next_gold)
app.command("tune")(tune.tune)
app.command("prices")(prices.prices)


def subcommand(name: str) -> Callable[..., Any] | None:
    """The command of that name, to be called without the group around it.

    When a group is told to pass on to a command, typer (0.29) imports pydantic, and the help
    of a command would take twice as long.
    """
    commands: dict[str, Callable[..., Any]] = getattr(get_command(app), "commands", {})
    return commands.get(name)
