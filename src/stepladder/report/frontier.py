"""Cost against accuracy as a picture: policies, machines alone, the frontier, the oracle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from stepladder.audit import Interval
from stepladder.errors import TableError
from stepladder.report.diagram import GREY, LIGHT, check_plots, plain_text
from stepladder.simulate.points import Point
from stepladder.tables.replacing import check_place, plain_errors, replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (7.0, 4.6)
"""Inches."""
CHEAPEST = 1e-9
"""USD at which what is free is drawn: a logarithm has no zero."""


class Marked(Enum):
    """What a point is: a colour of Okabe and Ito (2008), and a sign that tells it without."""

    POLICY = ("policy", "#0072B2", "o")
    ALONE = ("a machine alone", "#D55E00", "s")
    ORACLE = ("oracle: the cheapest that is right", "#009E73", "*")
    FRONTIER = ("frontier", GREY, "")

    def __init__(self, title: str, colour: str, sign: str) -> None:
        self.title = title
        self.colour = colour
        self.sign = sign


@dataclass(frozen=True, slots=True)
class Dot:
    """One point of the picture."""

    marked: Marked
    point: Point
    interval: Interval | None = None
    """Of its accuracy."""


def check_picture(path: Path) -> None:
    """Raise TableError or MissingExtraError where no picture could be drawn, before it is due."""
    check_plots()
    if path.suffix.lower() not in {".png", ".svg"}:
        raise TableError(f"--plot {path}: unknown ending; use .png or .svg")
    check_place(path)


def draw_frontier(dots: Sequence[Dot], path: Path, title: str) -> None:
    """Write a PNG or SVG, whole or not at all; raises TableError when it cannot be written."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.subplots()
    with plain_text():
        for marked in Marked:
            _draw(axes, marked, [dot for dot in dots if dot.marked is marked])
        axes.set_xscale("log")
        axes.set_xlabel("USD per candidate")
        axes.set_ylabel("accuracy of delivered labels")
        axes.set_title(title, loc="left", fontsize=10)
        axes.grid(color=LIGHT, linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        if dots:
            axes.legend(frameon=False, fontsize=8, loc="lower right")
        with plain_errors(path), replacing(path) as file:
            figure.savefig(file, format=path.suffix.lower().lstrip("."), dpi=150)


def _draw(axes: Axes, marked: Marked, dots: Sequence[Dot]) -> None:
    if not dots:
        return
    costs = [max(CHEAPEST, dot.point.usd_per_candidate) for dot in dots]
    right = [dot.point.accuracy for dot in dots]
    if marked is Marked.FRONTIER:
        axes.step(costs, right, where="post", color=marked.colour, linewidth=1, label=marked.title)
        return
    for dot, cost in zip(dots, costs, strict=True):
        if dot.interval is not None:
            span = (dot.interval.low, dot.interval.high)
            axes.plot((cost, cost), span, color=marked.colour, linewidth=1, alpha=0.6)
        axes.annotate(
            dot.point.name,
            (cost, dot.point.accuracy),
            xytext=(5, 4),
            textcoords="offset points",
            fontsize=7,
            parse_math=False,
        )
    axes.plot(costs, right, marked.sign, color=marked.colour, markersize=6, label=marked.title)
