"""The command line: it reads options, calls the engine and prints, and no more."""

from __future__ import annotations

import os
import sys


def run() -> None:
    """The `stepladder` command; a reader of its output that leaves early is no error."""
    from stepladder.cli.app import app, subcommand

    name, rest = sys.argv[1] if len(sys.argv) > 1 else "", sys.argv[2:]
    command = subcommand(name)
    try:
        try:
            if command is None:
                app(prog_name="stepladder")
            else:
                command(args=rest, prog_name=f"stepladder {name}")
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # Else Python complains once more when it flushes at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(128 + 13)
