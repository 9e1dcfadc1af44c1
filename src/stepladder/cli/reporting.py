"""What comes after a run: its figures, and how to go on."""

from __future__ import annotations

from stepladder.cli.closing import next_steps, print_closing
from stepladder.cli.figures import figures
from stepladder.cli.labelling import Ended
from stepladder.cli.preparing import Ready
from stepladder.cli.promise_lines import promise_lines
from stepladder.cli.request import LabelRequest
from stepladder.cli.screen import print_json, screen
from stepladder.engine.summary import answers_wanted
from stepladder.ledger import masked


def report(ended: Ended, request: LabelRequest, ready: Ready, *, json: bool) -> None:
    """Say everything on stdout."""
    if json:
        print_json(
            {
                **figures(ended.summary),
                "task": ready.setup.task.name,
                "policy": ready.setup.policy.name,
                "out": str(request.output),
                "ledger": masked(request.ledger_url),
                "stopped": ended.signal is not None,
                "halted": None if ended.halted is None else str(ended.halted),
            }
        )
        return
    console = screen()
    print_closing(console, ended.summary, ready.setup.policy.calibration.minimum)
    for line in promise_lines(ready.setup.policy):
        console.print(line, soft_wrap=True)
    ledger = masked(request.ledger_url)
    console.print(f"Decisions: {request.output}\nLedger: {ledger}", soft_wrap=True)
    answers = answers_wanted(ready.setup)
    where = str(request.wanted.policy_folder / answers) if answers else None
    for line in next_steps(ended.summary, where, request.command):
        console.print(line, soft_wrap=True)
