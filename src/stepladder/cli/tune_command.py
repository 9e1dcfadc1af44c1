"""One call of `stepladder tune`: search, test, write, and say what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from stepladder.cli.failing import complain
from stepladder.cli.screen import margin, print_json, screen
from stepladder.cli.tune_figures import tuned_figures
from stepladder.cli.tune_home import at_home, unsaid_at_home
from stepladder.cli.tune_lines import print_tuned, warnings_of
from stepladder.cli.tune_request import TuneRequest
from stepladder.recording import Recording
from stepladder.report.frontier import Dot, Marked, check_picture, draw_frontier
from stepladder.simulate.points import Point
from stepladder.tables.replacing import check_place, check_unread
from stepladder.tune.overwriting import check_overwriting
from stepladder.tune.tuned import Tuned
from stepladder.tune.tuning import tune
from stepladder.tune.writing import Written, fit_path, write

INFEASIBLE = 4
"""Exit code when no policy serves the goal."""


def carry_out(request: TuneRequest, *, json: bool) -> int:
    """The whole command, with its exit code; raises UserError for what can be mended."""
    request.check()
    _check_files(request)
    recording = request.searched.opened()
    base = request.searched.base(recording)
    scenario = request.searched.priced(base)
    tuned = tune(recording, base, scenario, request.wish)
    for warning in warnings_of(recording, tuned, request):
        complain("warning", warning)
    if tuned.chosen is not None:
        for warning in unsaid_at_home(request, tuned.chosen.policy):
            complain("warning", warning)
    written = _write(request, recording, tuned)
    if json:
        print_json(tuned_figures(request, tuned, written))
    else:
        print_tuned(screen(), request, tuned, written)
    if request.plot is not None:
        draw_frontier(list(_dots(tuned)), request.plot, f"{recording.task.name}: the frontier")
    return 0 if tuned.chosen is not None else INFEASIBLE


def _check_files(request: TuneRequest) -> None:
    if request.plot is not None:
        check_picture(request.plot)
    for written in (request.out, fit_path(request.out)):
        check_place(written)
        check_unread(written, request.searched.files)
    check_overwriting(request.out)


def _write(request: TuneRequest, recording: Recording, tuned: Tuned) -> Written | None:
    if tuned.chosen is None:
        if request.out.exists():
            margin().print(f"{request.out} is left as it was.", soft_wrap=True)
        return None
    digest = recording.contents.digest
    chosen = replace(tuned.chosen, policy=at_home(request, tuned.chosen.policy))
    return write(request.out, tuned, chosen, request.goal, request.promise, request.seed, digest)


def _dots(tuned: Tuned) -> Iterator[Dot]:
    for rung in tuned.frontier:
        point = Point("", rung.usd, 1 - rung.error)
        yield Dot(Marked.FRONTIER, point)
    chosen = tuned.chosen
    if chosen is not None and chosen.measured.accuracy is not None:
        accuracy = chosen.measured.accuracy
        point = Point(chosen.policy.name, chosen.measured.usd_per_candidate, accuracy.value)
        yield Dot(Marked.POLICY, point, accuracy.interval)
