"""Gold that came later, on a sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from made_recording import LABELS, rows, write

from stepladder.errors import TableError
from stepladder.recording import Recording
from stepladder.task import Task

TASK = Task.model_validate({"name": "t", "instructions": "Which?", "labels": list(LABELS)})


def lines(known: int, count: int = 40) -> list[Any]:
    """Rows of which only the first have gold, drawn with a chance of a half."""
    return [
        {**row, "sampled": 0.5} if number < known else {**row, "gold": None}
        for number, row in enumerate(rows(count))
    ]


def sheet(path: Path, *cells: str) -> Path:
    path.write_text("\n".join(["id,label,sampled", *cells]))
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "past.jsonl", lines(10))


def test_only_rows_of_the_sheet_are_a_sample(path: Path) -> None:
    given = sheet(path.with_name("s.csv"), "r20,good,0.25", "r21,bad,", "r22,,")
    found = {row.candidate.id: row.candidate for row in Recording.open(path, TASK, given)}
    assert (found["r20"].gold, found["r20"].sampled) == ("good", 0.25)
    assert (found["r21"].gold, found["r21"].sampled) == ("bad", None)
    assert found["r22"].gold is None
    assert found["r3"].gold is not None
    assert found["r3"].sampled is None


def test_gold_is_counted_and_changes_the_digest(path: Path) -> None:
    given = sheet(path.with_name("s.csv"), "r20,good,0.25")
    plain, more = Recording.open(path, TASK), Recording.open(path, TASK, given)
    assert more.contents.gold == plain.contents.gold + 1
    assert more.contents.digest != plain.contents.digest
    assert Recording.open(path, TASK, given).contents == more.contents


WRONG = {
    "an unknown id": (("r99,good,",), "'r99'"),
    "gold already": (("r3,good,",), "id 'r3' has gold in "),
    "a label of another task": (("r20,goood,",), "did you mean 'good'?"),
    "twice": (("r20,good,", "r20,bad,"), "stands in line 2 already"),
    "drawn, and not answered": (("r20,,0.5", "r21,,0.5"), "2 rows that were drawn have no label"),
    "no chance": (("r20,good,often",), "sampled is 'often'; it goes from above 0 to 1"),
    "a chance beyond 1": (("r20,good,2",), "sampled is '2'"),
}


@pytest.mark.parametrize(("cells", "said"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_with_a_sheet_is_said(path: Path, cells: tuple[str, ...], said: str) -> None:
    given = sheet(path.with_name("s.csv"), *cells)
    with pytest.raises(TableError) as problem:
        Recording.open(path, TASK, given)
    assert said in str(problem.value)
    assert "s.csv" in str(problem.value)
