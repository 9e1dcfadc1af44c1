"""The pools of a calibration for people, and other ways to aggregate beside them."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console

from stepladder.cli.calibrate_scores import NUMBERS, SCORES, scores
from stepladder.cli.calibration import Calibration
from stepladder.cli.screen import table
from stepladder.cli.trust_lines import shared_lines
from stepladder.confidence.comparison import Compared
from stepladder.confidence.folds import Mean
from stepladder.confidence.ways import QUESTION, TEXT, Combination
from stepladder.engine.trust import Pooling


def print_pools(console: Console, found: Calibration) -> None:
    """Each set of annotators: how its pool does, its weights, and what each part is worth."""
    grid = table("pool of", *SCORES, numbers=NUMBERS, title="Pools, held out")
    for pooling in found.trusted.pools:
        figures = found.examined.sets.get(tuple(pooling.annotators))
        grid.add_row(" + ".join(pooling.annotators), *scores(figures, pooling.pool.rows))
    if found.trusted.pools:
        console.print(grid)
    for pooling in found.trusted.pools:
        for line in _lines(pooling):
            console.print(line, soft_wrap=True)
    for line in shared_lines(found.trusted):
        console.print(line, soft_wrap=True)


def _lines(pooling: Pooling) -> Iterator[str]:
    yield f"Pool of {' + '.join(pooling.annotators)}: {', '.join(_weights(pooling))}."
    tried = pooling.pool.tried
    ways = {way: [one.loss for one in tried if one.combination is way] for way in Combination}
    losses = ", ".join(f"{way.value} {min(found):.3f}" for way, found in ways.items() if found)
    yield f"  Log loss, cross-validated, at best: {losses}."
    for term, weight in ((QUESTION, pooling.pool.question), (TEXT, pooling.pool.text)):
        yield from _term(pooling, term, weight)


def _term(pooling: Pooling, term: str, weight: float) -> Iterator[str]:
    """What a term is worth, where it was tried."""
    tried = pooling.pool.tried
    having = [one.loss for one in tried if f", {term}" in one.way]
    others = [one.loss for one in tried if f", {term}" not in one.way]
    if having and others:
        heard = f"listened to, weight {weight:.2f}" if weight else "left out"
        yield f"  {TERMS[term]}: {heard}; {min(having):.3f} with, {min(others):.3f} without."


TERMS = {QUESTION: "The question", TEXT: "Columns and text"}


def _weights(pooling: Pooling) -> Iterator[str]:
    for name, weight in pooling.pool.weights.items():
        yield f"{name} weighs {weight:.2f}"


def print_comparison(console: Console, found: Calibration) -> None:
    """All annotators' votes pooled, and aggregated otherwise; nothing for a single annotator."""
    if not found.examined.comparison:
        return
    title = "All votes together, held out; differences to the pool ± standard error"
    grid = table("by", *SCORES, *DIFFERENCES, numbers=NUMBERS | {*DIFFERENCES}, title=title)
    for one in found.examined.comparison:
        grid.add_row(one.name, *scores(one.figures, one.figures.rows), *_differences(one))
    console.print(grid)


DIFFERENCES = ("log loss +", "Brier +")


def _differences(one: Compared) -> list[str]:
    return [_difference(mean) for mean in (one.more_log_loss, one.more_brier)]


def _difference(found: Mean) -> str:
    return f"{found.mean:+.3f} ± {found.error:.3f}" if found.error else ""
