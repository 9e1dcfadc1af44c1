"""Reliability diagrams: how often top labels were right, against the probability they had.

DeGroot and Fienberg, "The Comparison and Evaluation of Forecasters" (1983).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from stepladder.confidence.reliability import Reliability
from stepladder.errors import MissingExtraError
from stepladder.tables.replacing import plain_errors, replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ACROSS = 3
"""Panels in a row at most."""
SIZE = 4.0
"""Inches of a panel's width."""
HEIGHT = 5.2
"""Inches of a panel with its counts."""
GREY = "#6b6b6b"
LIGHT = "#d9d9d9"
WIDEST = 46
"""Letters of a line above a panel."""


class Kind(Enum):
    """What is drawn, by a colour of Okabe and Ito (2008) and a sign, told apart without colour."""

    RAW = ("raw", "#D55E00", "s")
    CORRECTED = ("corrected", "#CC79A7", "^")
    CALIBRATED = ("calibrated", "#0072B2", "o")

    def __init__(self, title: str, colour: str, sign: str) -> None:
        self.title = title
        self.colour = colour
        self.sign = sign


@dataclass(frozen=True, slots=True)
class Drawn:
    """One line of a panel."""

    kind: Kind
    reliability: Reliability


@dataclass(frozen=True, slots=True)
class Panel:
    """One source of one annotator, or a pool."""

    title: str
    lines: Sequence[Drawn]


def check_plots() -> None:
    """Raise MissingExtraError when nothing can be drawn."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise MissingExtraError(
            "--plot needs matplotlib; install it with: pip install 'stepladder[plots]'"
        ) from None


def draw(panels: Sequence[Panel], path: Path, title: str) -> None:
    """Write a PNG, whole or not at all.

    Raises TableError when it cannot be written, MissingExtraError as above.
    """
    check_plots()
    figure = _figure(panels, title)
    with plain_text(), plain_errors(path), replacing(path) as file:
        figure.savefig(file, format="png")


@contextmanager
def plain_text() -> Iterator[None]:
    """Letters that the font lacks become boxes, without a word about it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        yield


def _figure(panels: Sequence[Panel], title: str) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    across = min(ACROSS, len(panels))
    down = -(-len(panels) // across)
    figure = Figure(figsize=(SIZE * across, HEIGHT * down + 0.6), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=8 + 1.5 * across, fontweight="bold", parse_math=False)
    for part, panel in zip(figure.subfigures(down, across, squeeze=False).flat, panels):  # noqa: B905 - the last row may have places left
        _draw_panel(part, panel)
    return figure


def _draw_panel(part: Figure, panel: Panel) -> None:
    above, below = part.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    above.set_title("\n".join(_title(panel)), fontsize=9, parse_math=False)
    above.plot((0, 1), (0, 1), color=GREY, linewidth=1, linestyle="--", zorder=1)
    for drawn in panel.lines:
        _draw_line(above, drawn)
    above.set(xlim=(0, 1.01), ylim=(0, 1.02), ylabel="share right")
    above.legend(loc="lower right", fontsize=8, frameon=False)
    _draw_counts(below, panel.lines)
    for axes in (above, below):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(color=LIGHT, linewidth=0.5, zorder=0)


def _title(panel: Panel) -> Iterator[str]:
    yield from (line for text in panel.title.splitlines() for line in wrap(text, WIDEST))
    for drawn in panel.lines:
        found = drawn.reliability
        yield f"{drawn.kind.title}: ECE {found.error:.3f}, debiased {found.debiased:+.3f}"


def _draw_line(axes: Axes, drawn: Drawn) -> None:
    found, kind = drawn.reliability, drawn.kind
    at = [one.probability for one in found.bins]
    share = [one.right for one in found.bins]
    spread = (
        [one.right - one.low for one in found.bins],
        [one.high - one.right for one in found.bins],
    )
    axes.errorbar(
        at,
        share,
        yerr=spread,
        color=kind.colour,
        marker=kind.sign,
        markersize=5,
        linestyle="none",
        elinewidth=0.9,
        capsize=2,
        zorder=3,
        label=kind.title,
    )
    axes.plot(at, share, color=kind.colour, linewidth=1, alpha=0.35, zorder=2)


def _draw_counts(axes: Axes, lines: Sequence[Drawn]) -> None:
    """How many rows had which probability, in tenths."""
    width = 0.08 / max(1, len(lines))
    for place, drawn in enumerate(lines):
        left = [tenth / 10 + 0.01 + place * width for tenth in range(10)]
        counts = drawn.reliability.tenths
        axes.bar(left, counts, width, align="edge", color=drawn.kind.colour, zorder=2)
    axes.set(xlim=(0, 1.01), xlabel="probability of the top label", ylabel="rows")
    axes.locator_params(axis="y", nbins=3, integer=True)
