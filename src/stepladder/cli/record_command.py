"""One run of `stepladder record`: choose, say the price, ask, and write the recording."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

import typer
from rich.console import Console

from stepladder.cli.failing import HALTED, USER_ERROR, complain
from stepladder.cli.in_flight import Calls, counted
from stepladder.cli.interviewing import Ended, ask
from stepladder.cli.record_request import RecordRequest
from stepladder.cli.screen import many, margin, screen
from stepladder.cli.today import today
from stepladder.engine import Setup, event_loop
from stepladder.engine.check_annotators import check_annotators
from stepladder.engine.findings import Findings, Weight
from stepladder.engine.interview import Heard, Interview
from stepladder.engine.ledger_gold import gold_in
from stepladder.engine.questions import Questions
from stepladder.engine.sampling import sample_of
from stepladder.errors import UserError
from stepladder.ledger import masked
from stepladder.recording import RecordedRow, RecordingWriter
from stepladder.recording.overwriting import check_overwriting
from stepladder.task import Task, load_task
from stepladder.task.candidates_file import CandidatesFile
from stepladder.types import Candidate, Vote


def carry_out(request: RecordRequest) -> int:
    """The whole command, with its exit code; raises UserError for what the user can mend."""
    console, task, calls = margin(), load_task(request.task), Calls()
    check_overwriting(request.output, request.candidates)
    writer = RecordingWriter(request.output, task.label_names)
    setup = _setup(request, task)
    file = CandidatesFile(request.candidates, task, gold=gold_in(request.ledger_url, task))
    chosen = _chosen(request, file)
    questions = Questions.of_votes(counted(setup, calls), setup.policy.machines)
    run = Interview(questions, chosen, request.options(task))
    _say_price(run, console)
    ended = event_loop.run(ask(run, calls, console))
    # Also what came before it was stopped.
    rows = writer.write(_rows(run, file))
    _report(request, run, rows)
    return _exit_code(request, run, ended)


def _setup(request: RecordRequest, task: Task) -> Setup:
    findings = Findings()
    setup = asyncio.run(
        check_annotators(
            task, request.asking(), request.policy_file, request.folder, today(), findings
        )
    )
    for finding in findings.all:
        word = "error" if finding.weight is Weight.ERROR else "warning"
        complain(word, finding.message)
    if setup is None or findings.errors:
        raise typer.Exit(USER_ERROR)
    return setup


def _chosen(request: RecordRequest, file: CandidatesFile) -> Sequence[Candidate]:
    among = None if request.every else {one.key for one in file if one.gold is not None}
    if among is not None and not among:
        raise UserError(
            f"{request.candidates}: no candidate has gold, without which nothing can be tuned; "
            "`stepladder gold` draws rows to label, and --all asks about candidates without gold"
        )
    if request.rows is None:
        return [one for one in file if among is None or one.key in among]
    return sample_of(file, request.rows, request.seed, among).candidates


def _say_price(run: Interview, console: Console) -> None:
    most = run.questions.most(run.candidates)
    console.print(
        f"Asking {many(len(run.questions.names), 'annotator')} about "
        f"{many(len(run.candidates), 'candidate')}: at most {most.rounded} USD; what the ledger "
        f"has is not paid for again. Budget: {run.purse.limits.usd.rounded} USD.",
        soft_wrap=True,
    )


def _rows(run: Interview, file: CandidatesFile) -> Iterator[RecordedRow]:
    """In the order in which candidates were chosen, as far as they were asked about."""
    heard = {one.candidate.key: one for one in run.heard}
    answered = (heard[one.key] for one in run.candidates if one.key in heard)
    for number, one in enumerate(answered, start=1):
        yield RecordedRow(file.shown(one.candidate), _drawn(one), number)


def _drawn(heard: Heard) -> dict[str, tuple[Vote, ...]]:
    found: dict[str, tuple[Vote, ...]] = {}
    for call, vote in heard.votes.items():
        found[call.annotator] = (*found.get(call.annotator, ()), vote)
    return found


def _report(request: RecordRequest, run: Interview, rows: int) -> None:
    console = screen()
    console.print(
        f"Recording: {request.output}, {many(rows, 'candidate')}.\n"
        f"Spent {run.purse.usd.spent.rounded} USD. Ledger: {masked(request.ledger_url)}",
        soft_wrap=True,
    )
    unpaid = sum(bool(one.unpaid) for one in run.heard)
    if unpaid:
        complain(
            "warning",
            f"the budget did not reach for all annotators of {many(unpaid, 'candidate')}, whose "
            "missing votes leave them out of simulations; raise --budget and give the same command",
        )


def _exit_code(request: RecordRequest, run: Interview, ended: Ended) -> int:
    if ended.missing(run):
        again = f"To go on, give the same command again:\n  {request.command}"
        screen().print(again, soft_wrap=True)
    if ended.halted is not None:
        complain("error", str(ended.halted))
        return HALTED
    return 128 + (ended.signal or 0) if ended.missing(run) else 0
