"""A file of candidates in part: by key, by place, and whether it is still the same."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as arrow
import pytest
from pyarrow import parquet

from stepladder.errors import TableError
from stepladder.tables.skimming import SIZE
from stepladder.task import Task
from stepladder.task.candidate_row import RowReader
from stepladder.task.candidates import _refuse_repeated
from stepladder.task.candidates_file import CandidatesFile
from stepladder.task.trusted import Trusted
from stepladder.types import CandidateKey

TASK = Task.model_validate(
    {
        "name": "t",
        "instructions": "i",
        "labels": ["good", "bad"],
        "columns": {"id": "id", "question": "asks"},
    }
)


def written(folder: Path, count: int, *, spoilt: int | None = None) -> CandidatesFile:
    """So many rows, of which one may have an empty text."""
    texts = ["" if n == spoilt else f"text {n}" for n in range(count)]
    path = folder / "in.csv"
    lines = [f"r{n},tone,{text}\n" for n, text in enumerate(texts)]
    path.write_text("".join(["id,asks,text\n", *lines]))
    return CandidatesFile(path, TASK)


def test_keys_are_those_of_the_candidates(tmp_path: Path) -> None:
    file = written(tmp_path, 5)
    assert list(file.keys()) == [candidate.key for candidate in file]
    assert next(file.keys()) == CandidateKey("r0", "tone")


def test_chosen_candidates_come_in_order_from_every_block(tmp_path: Path) -> None:
    count = 2 * SIZE + 3
    wanted = {f"r{n}" for n in (0, SIZE - 1, SIZE, count - 1)}
    chosen = list(written(tmp_path, count).chosen(lambda keys: [k.id in wanted for k in keys]))
    assert [one.id for one in chosen] == ["r0", f"r{SIZE - 1}", f"r{SIZE}", f"r{count - 1}"]
    assert chosen[-1].columns["text"] == f"text {count - 1}"


def test_places_are_counted_from_nought_and_kept_in_the_order_asked_for(tmp_path: Path) -> None:
    file = written(tmp_path, 9)
    assert [one.id for one in file.at((7, 0, 3))] == ["r7", "r0", "r3"]
    assert file.at(()) == []


def test_a_row_that_is_not_wanted_is_not_checked(tmp_path: Path) -> None:
    file = written(tmp_path, 9, spoilt=4)
    assert len(list(file.chosen(lambda keys: [key.id != "r4" for key in keys]))) == 8
    with pytest.raises(TableError, match=r"in\.csv:6: column 'text' is empty"):
        list(file.chosen(lambda keys: [True] * len(keys)))


def test_the_limit_holds_for_all_ways_of_reading(tmp_path: Path) -> None:
    file = CandidatesFile(written(tmp_path, 9).path, TASK, limit=3)
    assert len(list(file)) == len(list(file.keys())) == 3
    assert len(list(file.chosen(lambda keys: [True] * len(keys)))) == 3


def test_repeated_ids_beyond_the_limit_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("id,asks,text\n1,x,a\n2,x,b\n1,x,c\n")
    assert len(list(CandidatesFile(path, TASK, limit=2))) == 2
    with pytest.raises(TableError, match=r"in\.csv:4: id '1' stands in line 2 already"):
        list(CandidatesFile(path, TASK))


def test_keys_that_only_share_a_hash_are_not_taken_for_the_same(tmp_path: Path) -> None:
    file = written(tmp_path, 9)
    everything = set(map(hash, file.keys()))
    _refuse_repeated(RowReader(file.path, TASK), None, everything)


def test_the_digest_is_of_the_content(tmp_path: Path) -> None:
    before = written(tmp_path, 5).digest()
    assert written(tmp_path, 5).digest() == before
    assert written(tmp_path, 6).digest() != before


@pytest.mark.parametrize("name", ["gone.csv", "."])
def test_a_file_that_cannot_be_read_is_told_as_by_reading_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / name if name != "." else tmp_path / "folder.csv"
    if name == ".":
        path.mkdir()
    with pytest.raises(TableError) as read:
        list(CandidatesFile(path, TASK))
    with pytest.raises(TableError) as digested:
        CandidatesFile(path, TASK).digest()
    assert str(digested.value) == str(read.value)


WAYS: dict[str, Callable[[CandidatesFile], object]] = {
    "keys": lambda file: list(file.keys()),
    "digest": CandidatesFile.digest,
    "at": lambda file: file.at([0]),
    "chosen": lambda file: list(file.chosen(lambda keys: [True] * len(keys))),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_changed_file_is_told_whichever_way_it_is_read(tmp_path: Path, way: str) -> None:
    file = written(tmp_path, 3)
    list(file)
    written(tmp_path, 4)
    with pytest.raises(TableError, match="was changed while it was being worked on"):
        WAYS[way](file)


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_skimming_finds_the_same_keys_and_candidates_in_every_format(
    tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"in{ending}"
    rows = [{"id": i, "asks": " tone ", "text": t} for i, t in (("1 ", 'a\n"b"'), ("2", "c"))]
    match ending:
        case ".csv":
            with path.open("w", newline="") as file:
                writer = csv.DictWriter(file, ["id", "asks", "text"])
                writer.writeheader()
                writer.writerows(rows)
        case ".jsonl":
            numbers = [{**row, "id": int(row["id"])} for row in rows]
            path.write_text("\n\n".join(map(json.dumps, numbers)))
        case _:
            parquet.write_table(arrow.Table.from_pylist(rows), path)
    file_ = CandidatesFile(path, TASK)
    assert list(file_.keys()) == [candidate.key for candidate in file_]
    assert list(file_.chosen(lambda keys: [True] * len(keys))) == list(file_)


GOLDEN = TASK.model_copy(update={"columns": TASK.columns.model_copy(update={"gold": "truth"})})


def with_gold(folder: Path, **gold: Trusted) -> CandidatesFile:
    """Three rows, the first with gold, and gold beside the file's own."""
    path = folder / "gold.csv"
    path.write_text("id,asks,text,truth\na,tone,x,good\nb,tone,y,\nc,tone,z,\n")
    keyed = {CandidateKey(identity, "tone"): one for identity, one in gold.items()}
    return CandidatesFile(path, GOLDEN, None, keyed)


def test_gold_beside_the_file_is_the_candidates_own_however_they_are_read(tmp_path: Path) -> None:
    file = with_gold(tmp_path, a=Trusted("good", 0.5), b=Trusted("bad", 0.25))
    read = [list(file), file.at([0, 1, 2]), list(file.chosen(lambda keys: [True] * len(keys)))]
    for found in read:
        assert [(one.gold, one.sampled) for one in found] == [
            ("good", 0.5),
            ("bad", 0.25),
            (None, None),
        ]


def test_gold_of_another_question_is_not_the_candidates(tmp_path: Path) -> None:
    file = with_gold(tmp_path)
    file.gold = {CandidateKey("b", "noise"): Trusted("bad", 0.5)}
    assert [one.gold for one in file] == ["good", None, None]


def test_other_gold_than_the_files_is_an_error_naming_both(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"gold\.csv:2: id 'a' has the gold 'good' here and 'bad'"):
        list(with_gold(tmp_path, a=Trusted("bad", 0.5)))


def test_the_digest_tells_gold_beside_the_file(tmp_path: Path) -> None:
    digests = [
        with_gold(tmp_path).digest(),
        with_gold(tmp_path, b=Trusted("bad", 0.5)).digest(),
        with_gold(tmp_path, b=Trusted("good", 0.5)).digest(),
        with_gold(tmp_path, b=Trusted("good", 0.6)).digest(),
        with_gold(tmp_path, c=Trusted("good", 0.6)).digest(),
    ]
    assert len(set(digests)) == len(digests)
    assert with_gold(tmp_path, b=Trusted("bad", 0.5)).digest() == digests[1]
