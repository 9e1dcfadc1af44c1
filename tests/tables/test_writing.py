"""Decisions go out as they come, survive every text, and replace a file all at once."""

from __future__ import annotations

import errno
import json
import os
import resource
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow.parquet as parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepladder.errors import TableError
from stepladder.tables import DecisionWriter, read_rows, restored
from stepladder.tables.replacing import plain_errors
from stepladder.types import SINGLE_QUESTION, CandidateKey, Decision, Status, Usage, Usd

ENDINGS = (".csv", ".jsonl", ".parquet")

GOOD = Decision(
    CandidateKey("r1", SINGLE_QUESTION),
    Status.LABELLED,
    label="positive",
    probability=0.875,
    calibrated=True,
    route=("cheap", "strong"),
    cost=Usd.of("0.000150000001"),
    usage=Usage(input=100, cached_input=20, output=3),
    reason="probability 0.875 is at least 0.8",
)
WAITING = Decision(CandidateKey("r2", "tone"), Status.PENDING, route=("cheap",))


def values(path: Path) -> list[dict[str, str]]:
    return [row.values for row in read_rows(path)]


def ids(path: Path) -> list[str]:
    return [row["id"] for row in values(path)]


def decision(identity: str) -> Decision:
    return Decision(CandidateKey(identity, SINGLE_QUESTION), Status.ABSTAINED)


def test_a_csv_file_as_a_person_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with DecisionWriter(path) as writer:
        writer.write(GOOD)
        writer.write(WAITING)
    assert path.read_bytes().decode() == (
        "id,question,label,probability,calibrated,status,route,cost_usd,tokens,reason\n"
        "r1,label,positive,0.875,yes,labelled,cheap>strong,0.000150000001,123,"
        "probability 0.875 is at least 0.8\n"
        "r2,tone,,,,pending,cheap,0.00,0,\n"
    )


def test_a_jsonl_file_tells_text_number_and_nothing_apart(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with DecisionWriter(path) as writer:
        writer.write(GOOD)
        writer.write(WAITING)
    first, second = map(json.loads, path.read_text().splitlines())
    assert first == {
        "id": "r1",
        "question": "label",
        "label": "positive",
        "probability": 0.875,
        "calibrated": "yes",
        "status": "labelled",
        "route": "cheap>strong",
        "cost_usd": "0.000150000001",
        "tokens": 123,
        "reason": "probability 0.875 is at least 0.8",
    }
    assert list(second) == list(first)
    assert (second["label"], second["probability"]) == (None, None)


def test_a_parquet_file_has_one_schema_with_or_without_rows(tmp_path: Path) -> None:
    for name, decisions in {"none": [], "one": [WAITING], "two": [GOOD, WAITING]}.items():
        path = tmp_path / f"{name}.parquet"
        with DecisionWriter(path) as writer:
            for item in decisions:
                writer.write(item)
        table = parquet.read_table(path)
        kinds = {field.name: str(field.type) for field in table.schema}
        assert kinds == dict.fromkeys(kinds, "string") | {
            "probability": "double",
            "tokens": "int64",
        }
        assert table["cost_usd"].to_pylist() == [item.cost.plain for item in decisions]


@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
def test_every_row_can_be_read_at_once(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    with DecisionWriter(path) as writer:
        for number in range(3):
            writer.write(decision(f"r{number}"))
            assert ids(path) == [f"r{n}" for n in range(number + 1)]


def test_a_parquet_file_can_be_read_now_and_then(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    with DecisionWriter(path, every=0.01) as writer:
        for name in ("a", "b", "c"):
            writer.write(decision(name))
        time.sleep(0.3)  # Ten times as long as one writing takes, and more.
        writer.write(decision("d"))
        assert ids(path) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_rows_are_kept_when_the_run_breaks_off(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    with suppress(KeyboardInterrupt), DecisionWriter(path) as writer:
        writer.write(GOOD)
        raise KeyboardInterrupt
    assert ids(path) == ["r1"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_rewriting_puts_rows_in_order_and_more_may_follow(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    with DecisionWriter(path) as writer:
        for name in ("c", "a", "b"):
            writer.write(decision(name))
        writer.rewrite(decision(name) for name in ("a", "b", "c"))
        assert ids(path) == ["a", "b", "c"]
        writer.write(decision("d"))
    assert ids(path) == ["a", "b", "c", "d"]
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_rewrite_that_fails_leaves_every_row_and_no_litter(tmp_path: Path, ending: str) -> None:
    def breaking() -> Iterator[Decision]:
        yield decision("new")
        raise ZeroDivisionError

    path = tmp_path / f"out{ending}"
    with DecisionWriter(path) as writer:
        writer.write(decision("old"))
        with pytest.raises(ZeroDivisionError):
            writer.rewrite(breaking())
        writer.write(decision("later"))
    assert ids(path) == ["old", "later"]
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_reader_of_the_old_file_keeps_it_whole(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    with DecisionWriter(path) as writer:
        writer.rewrite([decision("old")])
        before = path.read_bytes()
        with path.open("rb") as reader:
            writer.rewrite([decision("new")])
            assert reader.read() == before


def test_a_second_run_begins_the_file_anew_in_a_folder_made_for_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "out.csv"
    for name in ("first", "second"):
        with DecisionWriter(path) as writer:
            writer.write(decision(name))
    assert ids(path) == ["second"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_the_user_closed_to_others_stays_closed(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    path.touch()
    path.chmod(0o600)
    with DecisionWriter(path) as writer:
        writer.rewrite([GOOD])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    with DecisionWriter(tmp_path / "link.csv") as writer:
        writer.rewrite([GOOD])
    assert (tmp_path / "link.csv").is_symlink()
    assert ids(tmp_path / "real.csv") == ["r1"]


def test_formulas_are_defused_in_csv_only_and_numbers_stay_ids(tmp_path: Path) -> None:
    names = ["=1+1", "-5", "@home", "'=kept", "+49 30"]
    paths = [tmp_path / f"out{ending}" for ending in ENDINGS]
    for path in paths:
        with DecisionWriter(path) as writer:
            for name in names:
                writer.write(decision(name))
    in_csv, in_jsonl, in_parquet = map(ids, paths)
    assert in_csv == ["'=1+1", "-5", "'@home", "''=kept", "'+49 30"]
    assert [restored(name) for name in in_csv] == in_jsonl == in_parquet == names


def test_label_and_reason_are_defused_too(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    key = CandidateKey("r1", SINGLE_QUESTION)
    with DecisionWriter(path) as writer:
        writer.write(Decision(key, Status.LABELLED, label="=A1", reason="@said"))
    (row,) = values(path)
    assert (row["label"], row["reason"]) == ("'=A1", "'@said")


words = st.text(st.characters(codec="utf-8"))
decisions = st.builds(
    Decision,
    key=st.builds(CandidateKey, id=words, question=words),
    status=st.sampled_from(Status),
    label=st.none() | words.filter(bool),
    probability=st.none() | st.floats(min_value=0, max_value=1),
    route=st.lists(words).map(tuple),
    cost=st.builds(Usd, st.integers(min_value=0, max_value=10**18)),
    usage=st.builds(Usage, input=st.integers(min_value=0, max_value=10**9)),
    reason=words,
)


@pytest.mark.parametrize("ending", ENDINGS)
@given(made=st.lists(decisions, min_size=1, max_size=5))
@settings(max_examples=40)
def test_whatever_is_written_can_be_read_back(ending: str, made: list[Decision]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"out{ending}"
        with DecisionWriter(path) as writer:
            for item in made:
                writer.write(item)
        rows = values(path)
    as_read = restored if ending == ".csv" else str
    for item, row in zip(made, rows, strict=True):
        assert as_read(row["id"]) == item.key.id
        assert as_read(row["question"]) == item.key.question
        assert as_read(row["label"]) == (item.label or "")
        assert as_read(row["route"]) == ">".join(item.route)
        assert as_read(row["reason"]) == item.reason
        assert Usd.of(row["cost_usd"]) == item.cost
        assert int(row["tokens"]) == item.usage.tokens
        assert row["status"] == item.status
        assert (float(row["probability"]) if row["probability"] else None) == item.probability


@pytest.mark.parametrize("ending", ENDINGS)
def test_half_a_character_in_a_models_words_stops_nothing(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    with DecisionWriter(path) as writer:
        writer.write(Decision(GOOD.key, Status.FAILED, reason="said \ud83d"))
    assert values(path)[0]["reason"] == "said ?"


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """A stand-in for a full disk that needs no disk: writes beyond `size` bytes fail."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_rewrite_without_room_keeps_the_old_rows(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    many = [decision(f"{number:x}" * 40) for number in range(2_000)]
    with DecisionWriter(path) as writer:
        writer.rewrite([GOOD])
        with file_size_limit(8_000), pytest.raises(TableError) as caught:
            writer.rewrite(many)
    assert str(caught.value) == (
        f"{path}: cannot be written: file too large; make room and run the same command again"
    )
    assert ids(path) == ["r1"]
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_said_plainly(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.symlink_to("/dev/full")
    with pytest.raises(TableError) as caught, DecisionWriter(path) as writer:
        writer.write(GOOD)
    assert str(caught.value) == (
        f"{path}: cannot be written: no space left on device; "
        "make room and run the same command again"
    )


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (
            errno.EACCES,
            "permission denied; choose another place, or change its permissions",
        ),
        (errno.EROFS, "read-only file system; choose another place"),
        (errno.EDQUOT, "disk quota exceeded; make room and run the same command again"),
        (errno.EIO, "input/output error; choose another place"),
    ],
)
def test_what_the_system_says_is_passed_on_with_what_to_do(number: int, message: str) -> None:
    with pytest.raises(TableError) as caught, plain_errors(Path("out.csv")):
        raise OSError(number, os.strerror(number))
    assert str(caught.value) == f"out.csv: cannot be written: {message}"


@pytest.mark.parametrize("ending", ENDINGS)
def test_places_that_cannot_hold_the_file(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"folder{ending}").mkdir()
    (tmp_path / "file").touch()
    with (
        pytest.raises(TableError, match="is a directory; name a file in it"),
        DecisionWriter(tmp_path / f"folder{ending}"),
    ):
        pass
    with (
        pytest.raises(TableError, match=r"cannot be written: .*; choose another place"),
        DecisionWriter(tmp_path / "file" / f"out{ending}"),
    ):
        pass


def test_an_unknown_ending_is_refused_before_anything_is_paid(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"unknown ending '\.xlsx'; use \.csv, \.jsonl, \.parquet"):
        DecisionWriter(tmp_path / "out.xlsx")
    assert list(tmp_path.iterdir()) == []
