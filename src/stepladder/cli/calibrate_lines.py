"""A calibration by hand for people: tables, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from stepladder.cli.calibrate_pools import print_comparison, print_pools
from stepladder.cli.calibrate_request import CalibrateRequest
from stepladder.cli.calibrate_scores import NUMBERS, SCORES, scores
from stepladder.cli.calibration import Calibration
from stepladder.cli.screen import many, table
from stepladder.cli.worth import worth_less
from stepladder.confidence.annotator import AnnotatorFit, Untrusted
from stepladder.confidence.figures import Figures
from stepladder.confidence.source_figures import SourceFigures
from stepladder.engine import Run
from stepladder.ledger import masked
from stepladder.types import Source


def print_calibration(console: Console, found: Calibration, request: CalibrateRequest) -> None:
    """Everything, the annotators first."""
    for line in _begin(found, request):
        console.print(line, soft_wrap=True)
    console.print(_sources(found))
    for line in _tried(found):
        console.print(line, soft_wrap=True)
    print_pools(console, found)
    print_comparison(console, found)
    for line in _end(found, request):
        console.print(line, soft_wrap=True)


def print_stopped(console: Console, run: Run, request: CalibrateRequest) -> None:
    """What a calibration that was stopped leaves."""
    console.print(
        f"Stopped before there was a fit; spent {run.budget.spent.rounded} USD. "
        f"What was answered is kept; go on with:\n  {request.command}",
        soft_wrap=True,
    )


def _begin(found: Calibration, request: CalibrateRequest) -> Iterator[str]:
    share = "all gold" if request.all_gold else f"of {found.gold:,} with gold"
    version = found.version
    yield (
        f"Fit {version.number} of run {found.run!r} ({version.key[:12]}): "
        f"{many(found.rows, 'row')} of gold calibrate, {share}."
    )
    others = [f"{one.number} ({one.rows:,} rows)" for one in found.versions if one != version]
    if others:
        yield f"The ledger has other fits of this run: {', '.join(others)}."
    if found.examined.problem is not None:
        why = _why(found.examined.problem, found.rows, found.worth, found.minimum)
        yield f"Uncalibrated: {why}."
        yield f"More gold: {request.gold_command}"


def _why(problem: Untrusted, rows: int, worth: float, minimum: int) -> str:
    match problem:
        case Untrusted.TOO_FEW:
            return f"{many(rows, 'row')} of gold{worth_less(rows, worth)}, {minimum} needed"
        case Untrusted.ONE_GROUP | Untrusted.ONE_LABEL | Untrusted.FEW_GROUPS:
            return problem.value


def _sources(found: Calibration) -> Table:
    title = "Annotators, each alone, held out"
    grid = table("annotator", "source", "by", *SCORES, numbers=NUMBERS, title=title)
    for source in found.examined.sources:
        name, of = source.annotator, found.source_name(source)
        for by, figures in _rows(source, found):
            grid.add_row(name, of, by, *scores(figures, source.rows))
            name = of = ""
    return grid


def _rows(source: SourceFigures, found: Calibration) -> Iterator[tuple[str, Figures | None]]:
    told, fit = source.all, found.fit_of(source)
    if told.raw is not None:
        yield "raw", told.raw
    if told.corrected is not None:
        yield "corrected", told.corrected
    if fit.untrusted is not None:
        why = _why(fit.untrusted, fit.rows, fit.worth, found.minimum)
        yield f"uncalibrated: {why}", None
        return
    yield _method(source, fit), told.calibrated


def _method(source: SourceFigures, fit: AnnotatorFit) -> str:
    method = fit.calibrator_of(source.source).value
    scaled = fit.sources.get(source.source)
    if source.source is not Source.NONE and (scaled is None or scaled.scaling is None):
        method += ", of the label alone"
    own = len(source.by_question)
    return f"{method}, {many(own, 'question')} by itself" if own else method


def _tried(found: Calibration) -> Iterator[str]:
    """Log losses of every method, by which it was chosen."""
    for source in found.examined.sources:
        fit = found.fit_of(source)
        scaled = fit.sources.get(source.source)
        losses = fit.losses if scaled is None else scaled.losses
        if losses:
            each = ", ".join(f"{name.value} {loss:.3f}" for name, loss in losses.items())
            who = f"{source.annotator}, {found.source_name(source)}"
            yield f"Tried for {who} (log loss, cross-validated): {each}."


def _end(found: Calibration, request: CalibrateRequest) -> Iterator[str]:
    for label in found.examined.fit.unseen:
        yield f"No row of gold is {label!r}: votes that name it count as before any gold."
    for name, count in found.examined.unanswered.items():
        if count:
            yield (
                f"{name} gave no label to {many(count, 'row')} of {found.rows:,}: "
                "it failed, answered off the list, may not see them, or the budget did not reach."
            )
    yield f"Spent {found.spent.rounded} USD of {found.budget.rounded} over all starts of the run."
    yield f"Ledger: {masked(request.ledger_url)}"
