"""Reliability diagrams as files."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from stepladder.confidence.reliability import Reliability, reliability
from stepladder.errors import TableError
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


def test_letters_that_no_font_has_are_no_warning(tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    draw([panel("模型甲")], path, "评论 \u0e17\U0001f600")
    assert path.read_bytes().startswith(PNG)


def test_other_warnings_are_still_heard(tmp_path: Path) -> None:
    draw([panel("模型甲")], tmp_path / "out.png", "task")
    with pytest.warns(UserWarning, match="Glyph 1 missing from"):
        warnings.warn("Glyph 1 missing from font", UserWarning, stacklevel=1)


def test_a_picture_takes_the_place_of_another_whole(tmp_path: Path) -> None:
    """Somebody who has the old one open keeps it."""
    path, kept = tmp_path / "out.png", tmp_path / "kept.png"
    path.write_bytes(b"old")
    kept.hardlink_to(path)
    draw([panel("one")], path, "task")
    assert path.read_bytes().startswith(PNG)
    assert kept.read_bytes() == b"old"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["kept.png", "out.png"]


def test_two_rows_can_be_drawn(tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    draw([panel("few", 2)], path, "task")
    assert path.read_bytes().startswith(PNG)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="cannot be written"):
        draw([panel("one")], tmp_path / "nowhere" / "out.png", "task")


def test_kinds_are_told_apart_without_colour() -> None:
    assert len({kind.sign for kind in Kind}) == len(Kind)
