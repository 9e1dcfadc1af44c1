"""`stepladder export`: a run as a recording."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stepladder.cli.failing import plainly

if TYPE_CHECKING:
    from stepladder.task.candidates_file import CandidatesFile

LedgerUrl = Annotated[
    str,
    typer.Argument(metavar="LEDGER", help="Such as sqlite:///reviews.db.", show_default=False),
]
Out = Annotated[Path, typer.Option(metavar="R.jsonl", help="JSONL, or Parquet by its ending.")]
Candidates = Annotated[
    Path | None,
    typer.Option(
        "--candidates", metavar="F", help="Their file, for texts, groups and gold; needs --task."
    ),
]
RunName = Annotated[
    str | None, typer.Option(metavar="NAME", help="Only votes of this run; by default of all.")
]
Task = Annotated[Path | None, typer.Option("--task", metavar="T.toml", help="How F is read.")]


@plainly
def export(
    *,
    ledger: LedgerUrl,
    out: Out,
    candidates: Candidates = None,
    task: Task = None,
    run: RunName = None,
) -> None:
    """Write everything a ledger holds of each candidate, to simulate and tune on."""
    from stepladder.cli.failing import complain
    from stepladder.cli.screen import many, screen
    from stepladder.engine.exporting import exported
    from stepladder.errors import UserError
    from stepladder.recording import RecordingWriter
    from stepladder.recording.overwriting import check_overwriting

    if candidates is not None and task is None:
        raise UserError("--candidates: give --task too, which tells how the file is read")
    check_overwriting(out, *([] if candidates is None else [candidates]))
    read = None
    if candidates is not None and task is not None:
        file = _read(candidates, task, ledger)
        read = map(file.shown, file)
    else:
        complain(
            "warning",
            "without --candidates and --task the recording has no gold, groups or texts: it can "
            "be priced, not judged or tuned on",
        )
    found = exported(ledger, run, read)
    rows = RecordingWriter(out, found.labels).write(found.rows)
    screen().print(f"{out}: {many(rows, 'candidate')}.", soft_wrap=True)


def _read(candidates: Path, task: Path, ledger: str) -> CandidatesFile:
    from stepladder.engine.ledger_gold import gold_in
    from stepladder.task import load_task
    from stepladder.task.candidates_file import CandidatesFile

    read = load_task(task)
    return CandidatesFile(candidates, read, gold=gold_in(ledger, read))
