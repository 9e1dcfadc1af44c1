"""One calibration by hand: check, ask, fit, judge, and say what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.console import Console

from stepladder.cli.board import Board, shown
from stepladder.cli.calibrate_figures import calibration_figures
from stepladder.cli.calibrate_lines import print_calibration, print_stopped
from stepladder.cli.calibrate_no_gold import report_no_gold
from stepladder.cli.calibrate_plot import panels
from stepladder.cli.calibrate_request import CalibrateRequest
from stepladder.cli.calibration import Calibration
from stepladder.cli.failing import HALTED, complain
from stepladder.cli.in_flight import Calls, counted
from stepladder.cli.interrupts import Interrupts, watching
from stepladder.cli.looking import Looking
from stepladder.cli.preparing import Ready, ready_or_exit
from stepladder.cli.screen import many, margin, print_json, screen
from stepladder.cli.wordings import other_meaning
from stepladder.engine import Run, event_loop
from stepladder.engine.all_gold import all_gold
from stepladder.engine.examining import Examined, examine
from stepladder.engine.intake import candidates_at
from stepladder.errors import LedgerError, UserError
from stepladder.ledger import connect
from stepladder.ledger.fit_versions import FitVersion, fit_versions
from stepladder.report.diagram import draw


def carry_out(request: CalibrateRequest, *, json: bool) -> int:
    """The whole command; its exit code comes back. Raises UserError for what can be mended."""
    request.check()
    console = margin()
    ready = _ready(request, console)
    if ready.intake is None or not ready.intake.gold:
        return report_no_gold(request, ready, json=json)
    _say_price(ready, request, console)
    asked = Asking(ready, request, console)
    try:
        event_loop.run(asked.ask())
    except LedgerError as problem:
        if not asked.calls.back:
            raise
        complain("error", str(problem))
        return HALTED
    examined = asked.examined()
    if examined is None:
        return _stopped(asked, request, json=json)
    _report(Calibration.of(asked.run, ready, examined, _versions(asked.run)), request, json=json)
    return 0


def _ready(request: CalibrateRequest, console: Console) -> Ready:
    looking = Looking(request.candidates, console.print)
    ready = ready_or_exit(request.wanted, [looking.at])
    if ready.setup.frozen is not None:
        raise UserError(
            f"{request.policy}: brings its own fit ([fitted]), so that nothing is calibrated; "
            "`stepladder simulate` shows how good it is, and without [fitted] gold calibrates anew"
        )
    # Whatever is wrong with the budget is said before anything begins.
    ready.setup.budget(request.options)
    if not request.all_gold:
        return ready
    return replace(ready, intake=all_gold(ready.setup, ready.candidates, request.seed))


def _say_price(ready: Ready, request: CalibrateRequest, console: Console) -> None:
    found = ready.intake.estimate if ready.intake else None
    if found is None:
        return
    load, budget = found.calibration, ready.setup.budget(request.options)
    console.print(
        f"At most {load.most_usd.rounded} USD for {many(load.candidates, 'row')} of gold; "
        f"likely {load.likely_usd.rounded} USD. Budget: {budget.rounded} USD.",
        soft_wrap=True,
    )


@dataclass(slots=True)
class Asking:
    """The part that pays: everybody is asked about the calibration rows."""

    ready: Ready
    request: CalibrateRequest
    console: Console
    calls: Calls
    run: Run
    interrupts: Interrupts

    def __init__(self, ready: Ready, request: CalibrateRequest, console: Console) -> None:
        self.ready, self.request, self.console = ready, request, console
        self.calls = Calls()
        setup = counted(ready.setup, self.calls)
        self.run = Run(setup, ready.candidates, request.options, ready.intake)
        self.interrupts = Interrupts(
            self.run.stop, lambda text: console.print(text), lambda: self.calls.under_way
        )

    async def ask(self) -> None:
        """Ask and fit, or stop when told to."""
        board = Board(self.run, self.calls, self.ready.calibration_calls)
        with watching(self.interrupts):
            async with shown(board, self.console, quiet=False):
                await self.run.calibrate()

    def examined(self) -> Examined | None:
        """The fit, judged; None when it was stopped before there was one."""
        if self.run.calibrated is None or self.ready.intake is None:
            return None
        self.console.print("Judging the fit on gold held out from others like it …")
        rows = candidates_at(self.ready.candidates, self.ready.intake.calibration)
        return examine(self.ready.setup, self.run.calibrated, rows, self.request.seed)


def _versions(run: Run) -> tuple[FitVersion, ...]:
    engine = connect(run.options.ledger)
    try:
        return fit_versions(engine, run.name)
    finally:
        engine.dispose()


def _stopped(asked: Asking, request: CalibrateRequest, *, json: bool) -> int:
    if json:
        print_json({"stopped": True, "spent": asked.run.budget.spent.plain})
    else:
        print_stopped(screen(), asked.run, request)
    return 128 + (asked.interrupts.number or 0)


def _report(found: Calibration, request: CalibrateRequest, *, json: bool) -> None:
    for one in found.trusted.reworded:
        complain("warning", other_meaning(one.annotator, one.change))
    drawn = panels(found)
    if json:
        print_json(calibration_figures(found, request, drawn=bool(drawn)))
    else:
        print_calibration(screen(), found, request)
    # After the figures: a picture that cannot be written must not hide them.
    if request.plot is None:
        return
    if not drawn:
        complain("warning", f"{request.plot} was not written: there is nothing to draw yet")
        return
    draw(drawn, request.plot, f"{found.task}: reliability on {many(found.rows, 'row')} of gold")
    if not json:
        screen().print(f"Diagrams: {request.plot}", soft_wrap=True)
