"""Errors as one line on stderr and an exit code, without a traceback."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import typer

Given = ParamSpec("Given")
Result = TypeVar("Result")

USER_ERROR = 2
"""Exit code when the user can mend it."""
HALTED = 3
"""Exit code when a run had to stop before its end."""
INTERRUPTED = 130
"""Exit code after Ctrl-C."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})
"""What a full or broken disk says."""
LONGEST = 2_000
"""Characters of a line: what a stranger's file holds is shown in part."""


def plainly(command: Callable[Given, Result]) -> Callable[Given, Result]:
    """The command, with our errors said in one line."""

    @wraps(command)
    def guarded(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        from stepladder.errors import StepladderError, UserError

        try:
            return _written_out(command, *args, **kwargs)
        except UserError as problem:
            complain("error", str(problem))
            raise typer.Exit(USER_ERROR) from None
        except StepladderError as problem:
            complain("error", str(problem))
            raise typer.Exit(HALTED) from None
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
        except OSError as problem:
            if problem.errno not in FULL:
                raise
            complain("error", f"standard output cannot be written: {problem.strerror}")
            # What is still waiting to be written would fail again at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(HALTED) from None

    return guarded


def _written_out(
    command: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs
) -> Result:
    """The command, and all it printed on its way."""
    try:
        return command(*args, **kwargs)
    finally:
        sys.stdout.flush()


def complain(kind: str, message: str) -> None:
    """One line on stderr, whatever the message holds."""
    print(f"{kind}: {one_line(message)}", file=sys.stderr)  # noqa: T201


def one_line(text: str) -> str:
    """The text with line breaks and control characters written out, shortened in the middle."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"
    return written_out(text)


def written_out(text: str, *, keep: str = "") -> str:
    """The text with control characters and direction marks written out, but those to keep."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep else repr(c)[1:-1] for c in text)
