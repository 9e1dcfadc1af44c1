"""`stepladder init`: a task.toml and a policy.toml to edit, from a file's columns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stepladder.cli import options
from stepladder.cli.failing import plainly

if TYPE_CHECKING:
    from collections.abc import Mapping

Folder = Annotated[Path, typer.Option("--out-dir", metavar="DIR", help="Where to write them.")]
Shipped = Annotated[
    str, typer.Option("--policy", metavar="NAME", help="The shipped policy to begin with.")
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite what is there.")]


@plainly
def init(
    *,
    candidates: options.CandidatesFile,
    folder: Folder = Path(),
    policy: Shipped = "local-only",
    force: Force = False,
) -> None:
    """Write a task.toml and a policy.toml to edit, guessed from the columns of CANDIDATES."""
    from stepladder.cli.drafts import draft_answers, draft_policy, draft_task
    from stepladder.cli.guess import guess
    from stepladder.policy import load_policy

    guessed = guess(candidates)
    drafts = {
        folder / "task.toml": draft_task(guessed, candidates),
        folder / "policy.toml": draft_policy(policy),
    }
    answers = draft_answers(load_policy(policy), guessed)
    if answers is not None and not (folder / answers.name).exists():
        drafts[folder / answers.name] = answers.text
    _write(drafts, force=force)
    for path in drafts:
        typer.echo(f"Wrote {path}.")
    task, chosen = list(drafts)[:2]
    typer.echo(f"Edit them, then: stepladder check {candidates} --task {task} --policy {chosen}")


def _write(drafts: Mapping[Path, str], *, force: bool) -> None:
    from stepladder.errors import UserError
    from stepladder.tables.replacing import plain_errors

    for path in drafts:
        if path.exists() and not force:
            raise UserError(f"{path}: exists already; give --force to overwrite it")
    for path, text in drafts.items():
        with plain_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
