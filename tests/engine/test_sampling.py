"""A random sample of a file: whole groups, by seed, among those that are wanted."""

from __future__ import annotations

from pathlib import Path

from stepladder.engine.sampling import sample_of
from stepladder.task import Task
from stepladder.task.candidates_file import CandidatesFile
from stepladder.types import SINGLE_QUESTION, CandidateKey

TASK = Task.model_validate(
    {
        "name": "t",
        "instructions": "Choose.",
        "labels": ["yes", "no"],
        "columns": {"id": "id", "group": "author", "gold": "gold"},
    }
)


def file_of(folder: Path, count: int = 60) -> CandidatesFile:
    rows = [f"r{n},text {n},author {n // 2},{'yes' if n % 3 else ''}\n" for n in range(count)]
    path = folder / "texts.csv"
    path.write_text("".join(["id,text,author,gold\n", *rows]))
    return CandidatesFile(path, TASK)


def test_whole_groups_come_in_the_number_wanted(tmp_path: Path) -> None:
    found = sample_of(file_of(tmp_path), 20, seed=0)
    assert (len(found.candidates), found.groups, found.total) == (20, 10, 60)
    assert found.gold == sum(one.gold is not None for one in found.candidates)


def test_a_seed_gives_one_sample_and_a_larger_one_holds_it(tmp_path: Path) -> None:
    file = file_of(tmp_path)
    small = [one.id for one in sample_of(file, 10, seed=3).candidates]
    assert small == [one.id for one in sample_of(file, 30, seed=3).candidates][:10]
    assert small != [one.id for one in sample_of(file, 10, seed=4).candidates]


def test_more_than_there_are_is_all(tmp_path: Path) -> None:
    assert len(sample_of(file_of(tmp_path, 6), 50, seed=0).candidates) == 6


def test_only_those_wanted_are_drawn(tmp_path: Path) -> None:
    among = {CandidateKey(f"r{n}", SINGLE_QUESTION) for n in range(5)}
    found = sample_of(file_of(tmp_path), 50, 0, among)
    assert {one.key for one in found.candidates} == among
    assert found.total == 5
    assert sample_of(file_of(tmp_path), 50, 0, set()).candidates == []
