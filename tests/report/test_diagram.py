"""Reliability diagrams as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stepladder.confidence.reliability import Reliability, reliability
from stepladder.errors import UserError
from stepladder.report.diagram import Drawn, Kind, Panel, draw

PNG = b"\x89PNG\r\n\x1a\n"


def some(rows: int = 200) -> Reliability:
    chance = np.random.default_rng(0)
    said = chance.uniform(0.4, 1.0, rows)
    return reliability(said, chance.random(rows) < said)


def panel(title: str, rows: int = 200) -> Panel:
    return Panel(title, [Drawn(kind, some(rows)) for kind in Kind])


@pytest.mark.parametrize("count", [1, 2, 4])
def test_a_picture_with_a_panel_for_each(tmp_path: Path, count: int) -> None:
    path = tmp_path / "out.png"
    draw([panel(f"annotator {i}") for i in range(count)], path, "task")
    written = path.read_bytes()
    assert written.startswith(PNG)
    assert len(written) > 10_000
    # Wider by the panel, and no wider than three.
    width = int.from_bytes(written[16:20], "big")
    assert width == 600 * min(count, 3)


def test_names_are_never_read_as_formulas(tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    draw([panel("$\\frac{x$ costs $5")], path, "$$ {")
    assert path.read_bytes().startswith(PNG)


def test_two_rows_can_be_drawn(tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    draw([panel("few", 2)], path, "task")
    assert path.read_bytes().startswith(PNG)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        draw([panel("one")], tmp_path / "nowhere" / "out.png", "task")


def test_kinds_are_told_apart_without_colour() -> None:
    assert len({kind.sign for kind in Kind}) == len(Kind)
