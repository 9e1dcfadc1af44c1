"""One run of `stepladder consistency`: draw, say the price, ask, and say what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from stepladder.cli.consistency_figures import consistency_figures
from stepladder.cli.consistency_lines import print_consistency, warnings_of
from stepladder.cli.consistency_request import ConsistencyRequest
from stepladder.cli.failing import HALTED, complain
from stepladder.cli.in_flight import Calls, counted
from stepladder.cli.interviewing import Ended, ask
from stepladder.cli.preparing import ready_or_exit
from stepladder.cli.screen import many, margin, print_json, screen
from stepladder.engine import event_loop
from stepladder.engine.consistency_report import Past, report
from stepladder.engine.interview import Interview
from stepladder.engine.questions import Questions
from stepladder.engine.sampling import Sample, sample_of
from stepladder.errors import UserError
from stepladder.ledger import masked
from stepladder.ledger.past_votes import PastVotes
from stepladder.nearest import did_you_mean
from stepladder.policy import Policy, RecordedSpec
from stepladder.task import Task
from stepladder.task.variants import Kind, variants
from stepladder.types import BASE, Draw


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is about to be asked."""

    sample: Sample
    run: Interview
    calls: Calls
    past: Past | None


def carry_out(request: ConsistencyRequest, *, json: bool) -> int:
    """The whole command, with its exit code; raises UserError for what the user can mend."""
    request.check()
    console = margin()
    prepared = _prepare(request, console)
    ended = event_loop.run(ask(prepared.run, prepared.calls, console))
    reports = report(prepared.run, prepared.past)
    for warning in warnings_of(reports):
        complain("warning", warning)
    if json:
        figures = consistency_figures(reports, prepared.run, prepared.sample)
        ending = {"stopped": ended.signal is not None, "halted": _told(ended)}
        print_json({**figures, "ledger": masked(request.ledger_url), **ending})
    else:
        print_consistency(screen(), reports, prepared.run, prepared.sample)
        screen().print(f"Ledger: {masked(request.ledger_url)}", soft_wrap=True)
        if ended.missing(prepared.run):
            again = f"To go on, give the same command again:\n  {request.command}"
            screen().print(again, soft_wrap=True)
    return _exit_code(ended, prepared.run)


def _prepare(request: ConsistencyRequest, console: Console) -> Prepared:
    ready = ready_or_exit(request.wanted)
    setup, calls = ready.setup, Calls()
    names = _names(setup.policy, request.annotators)
    draws = _draws(setup.task, request)
    questions = Questions.of(counted(setup, calls), names, draws)
    before = _before(request, names, setup.task)
    among = None if before is None else before.keys()
    sample = sample_of(ready.candidates, request.rows, request.seed, among)
    if not sample.candidates:
        raise _nothing_drawn(request, names)
    past = None if before is None else _past(before, sample, request)
    run = Interview(questions, sample.candidates, request.options(setup.task))
    _say_price(run, sample, console)
    return Prepared(sample, run, calls, past)


def _names(policy: Policy, wanted: Sequence[str]) -> tuple[str, ...]:
    """Whom to ask; raises UserError for who cannot be asked in other words."""
    able = [n for n in policy.machines if not isinstance(policy.annotators[n], RecordedSpec)]
    for name in wanted:
        if name in able:
            continue
        if name not in policy.annotators:
            raise UserError(f"--annotator {name}: not in the policy; {did_you_mean(name, able)}")
        if name in policy.machines:
            raise UserError(f"--annotator {name}: repeats a recording, whatever it is asked")
        what = "is a person" if policy.is_person(name) else "is asked in no tier"
        raise UserError(f"--annotator {name}: {what}; {did_you_mean(name, able)}")
    if not able:
        raise UserError(f"policy {policy.name!r} asks no model that could be put to the test")
    return tuple(name for name in able if not wanted or name in wanted)


def _draws(task: Task, request: ConsistencyRequest) -> tuple[Draw, ...]:
    """All wordings that there are, up to those wanted, then the same once more."""
    found = [Draw(one.name) for one in variants(task, tuple(Kind), request.wordings)]
    if len(found) < request.wordings:
        named = ", ".join(draw.variant for draw in found)
        complain(
            "warning",
            f"the task has {len(found)} wordings, not {request.wordings}: {named}; "
            "add paraphrases or examples to it for more",
        )
    again = (Draw(BASE, number) for number in range(1, request.samples + 1))
    return (*found, *again)


def _before(request: ConsistencyRequest, names: tuple[str, ...], task: Task) -> PastVotes | None:
    if request.against is None:
        return None
    before = PastVotes(request.against, names, request.against_run)
    before.check(task)
    return before


def _past(before: PastVotes, sample: Sample, request: ConsistencyRequest) -> Past:
    return Past(before.of([one.key for one in sample.candidates]), request.tolerance)


def _nothing_drawn(request: ConsistencyRequest, names: Sequence[str]) -> UserError:
    if request.against is None:
        return UserError(f"{request.candidates}: holds no candidates")
    run = "" if request.against_run is None else f" in run {request.against_run!r}"
    return UserError(
        f"--against {masked(request.against)}: no votes of {', '.join(names)} about the candidates "
        f"of {request.candidates}{run}; name the ledger that `label` printed"
    )


def _say_price(run: Interview, sample: Sample, console: Console) -> None:
    draws = run.questions.draws
    wordings = sum(not draw.sample for draw in draws)
    again = len(draws) - wordings
    more = f" and {many(again, 'time')} more in the same" if again else ""
    most = run.questions.most(sample.candidates)
    console.print(
        f"Asking {many(len(run.questions.names), 'annotator')} about "
        f"{many(len(sample.candidates), 'candidate')} of {sample.total:,} "
        f"({sample.gold:,} with gold) in {many(wordings, 'wording')}{more}: "
        f"at most {most.rounded} USD; what the ledger has is not paid for again. "
        f"Budget: {run.purse.limits.usd.rounded} USD.",
        soft_wrap=True,
    )


def _told(ended: Ended) -> str | None:
    return None if ended.halted is None else str(ended.halted)


def _exit_code(ended: Ended, run: Interview) -> int:
    if ended.halted is not None:
        complain("error", str(ended.halted))
        return HALTED
    return 128 + (ended.signal or 0) if ended.missing(run) else 0
