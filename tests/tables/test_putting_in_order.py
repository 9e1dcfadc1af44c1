"""Rows are put into the candidates' order on disk, whatever they hold and whatever goes wrong."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepladder.errors import TableError
from stepladder.tables import DecisionWriter, read_rows
from stepladder.types import SINGLE_QUESTION, CandidateKey, Decision, Status

ENDINGS = (".csv", ".jsonl", ".parquet")


def key(identity: str) -> CandidateKey:
    return CandidateKey(identity, SINGLE_QUESTION)


def decision(identity: str, reason: str = "") -> Decision:
    return Decision(key(identity), Status.ABSTAINED, reason=reason)


def rows(path: Path) -> list[tuple[str, str]]:
    return [(row.values["id"], row.values["reason"]) for row in read_rows(path, may_be_empty=True)]


# Lines of very different lengths, some of several lines.
reasons = st.text(st.characters(codec="utf-8", exclude_characters="'=+-@\t\r\n"), max_size=50)
lengths = st.sampled_from([0, 1, 3000])


@pytest.mark.parametrize("ending", ENDINGS)
@given(
    texts=st.lists(st.tuples(reasons, lengths), max_size=8),
    shuffled=st.randoms(use_true_random=False),
)
@settings(max_examples=40)
def test_every_row_arrives_whole_in_the_wanted_order(
    ending: str, texts: list[tuple[str, int]], shuffled: Random
) -> None:
    made = [decision(f"r{n}", f"x{text}\n{'y' * more}") for n, (text, more) in enumerate(texts)]
    mixed = list(made)
    shuffled.shuffle(mixed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"out{ending}"
        with DecisionWriter(path) as writer:
            for item in mixed:
                writer.write(item)
            writer.put_in_order(item.key for item in made)
            if ending != ".parquet":
                assert rows(path) == [(item.key.id, item.reason) for item in made]
            writer.write(decision("later"))
            writer.put_in_order([key("later"), *(item.key for item in made)])
        expected = [("later", ""), *((item.key.id, item.reason) for item in made)]
        assert rows(path) == expected
        assert [file.name for file in Path(folder).iterdir()] == [path.name]


@pytest.mark.parametrize("ending", ENDINGS)
def test_candidates_without_a_row_and_rows_without_a_candidate_do_no_harm(
    tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"out{ending}"
    with DecisionWriter(path) as writer:
        for name in ("stranger", "c", "a"):
            writer.write(decision(name))
        writer.put_in_order(map(key, "abcd"))
    assert [identity for identity, _ in rows(path)] == ["a", "c", "stranger"]


def test_a_file_in_order_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with DecisionWriter(path) as writer:
        for name in "ac":
            writer.write(decision(name))
        before = path.stat().st_ino
        writer.put_in_order(map(key, "abc"))
        assert path.stat().st_ino == before


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("ending", ENDINGS)
def test_without_room_the_rows_stay_as_they_came_and_more_may_follow(
    tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"out{ending}"
    names = [f"{number:04}" for number in range(2_000)]
    with DecisionWriter(path) as writer:
        for name in reversed(names):
            writer.write(decision(name))
        with file_size_limit(4_000), pytest.raises(TableError, match="file too large"):
            writer.put_in_order(map(key, names))
        writer.write(decision("later"))
    assert [identity for identity, _ in rows(path)] == [*reversed(names), "later"]
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_file_that_another_program_cuts_short_is_said_and_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with DecisionWriter(path) as writer:
        for name in "cba":
            writer.write(decision(name))
        with path.open("r+b") as file:
            file.truncate(path.stat().st_size - 5)
        with pytest.raises(TableError, match="was cut short by another program"):
            writer.put_in_order(map(key, "abc"))
