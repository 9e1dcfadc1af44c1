"""A recording's format: what is written comes back, and what is wrong is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.errors import TableError
from stepladder.recording import RecordedRow, Recording, RecordingWriter
from stepladder.recording.line import record_of, row_of
from stepladder.tables.jsonl_rows import json_object
from stepladder.tables.row import Row
from stepladder.task import Task
from stepladder.types import (
    NO_CONFIDENCE,
    Candidate,
    Confidence,
    Labelled,
    Reason,
    Source,
    Unlabelled,
    Usage,
    Usd,
    Vote,
)

LABELS = ("yes", "no")
TASK = Task.model_validate({"name": "t", "instructions": "Which?", "labels": list(LABELS)})


def lines(path: Path, *rows: Any) -> Path:
    path.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    return path


texts = st.text(st.characters(codec="utf-8"), max_size=12)
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
tokens = st.integers(0, 10**9 - 1)
usages = st.builds(Usage, tokens, tokens, tokens, tokens, tokens, tokens)


@st.composite
def votes(draw: st.DrawFn, name: str) -> Vote:
    label = draw(st.sampled_from((*LABELS, None)))
    sure = NO_CONFIDENCE
    if label is not None and draw(st.booleans()):
        source = draw(st.sampled_from([one for one in Source if one is not Source.NONE]))
        sure = Confidence(source, {label: draw(st.floats(0, 1))})
    outcome = Unlabelled(draw(st.sampled_from(Reason)), draw(texts)) if label is None else label
    return Vote(
        annotator=name,
        outcome=Labelled(outcome) if isinstance(outcome, str) else outcome,
        confidence=sure,
        usage=draw(usages),
        cost=Usd(draw(st.integers(0, 10**18))),
        model=draw(texts),
        variant=draw(st.sampled_from(("base", "options-1"))),
        sample=draw(st.integers(0, 99)),
        seconds=draw(st.integers(0, 10**6)) / 1000,
    )


@st.composite
def rows(draw: st.DrawFn) -> RecordedRow:
    candidate = Candidate(
        id=draw(names),
        columns=draw(st.dictionaries(names, texts, max_size=3)),
        question=draw(names),
        group=draw(names),
        gold=draw(st.sampled_from((*LABELS, None))),
        sampled=draw(st.none() | st.floats(1e-9, 1)),
        local_only=draw(st.booleans()),
    )
    said: dict[str, tuple[Vote, ...]] = {}
    for name in draw(st.lists(names, max_size=3, unique=True)):
        drawn = draw(
            st.lists(votes(name), min_size=1, max_size=3, unique_by=lambda v: (v.variant, v.sample))
        )
        said[name] = tuple(drawn)
    return RecordedRow(candidate, said, 7, draw(st.dictionaries(names, texts, max_size=2)))


@given(rows())
def test_every_row_comes_back_as_it_was(row: RecordedRow) -> None:
    written = orjson.dumps(record_of(row, LABELS))
    assert row_of(Row(7, json_object("here", written))) == row


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_a_file_comes_back_as_it_was(tmp_path: Path, ending: str) -> None:
    vote = Vote("a", Labelled("no"), Confidence(Source.STATED, {"no": 0.75}), Usage(3, output=1))
    candidate = Candidate("1", {"text": "x"}, "food", "g", "yes", 0.25, local_only=True)
    row = RecordedRow(candidate, {"a": (vote,)}, 1, {"ann": "yes"})
    other = RecordedRow(Candidate("2"), {}, 2)
    path = tmp_path / f"made/r.{ending}"
    assert RecordingWriter(path, LABELS).write([row, other]) == 2
    recording = Recording.open(path)
    assert recording.task.label_names == LABELS
    found = list(recording)
    assert [one.candidate for one in found] == [row.candidate, other.candidate]
    assert [one.votes for one in found] == [row.votes, {}]
    assert found[0].humans == {"ann": "yes"}


def test_the_short_form_is_a_recording_too(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "r.jsonl",
        {
            "id": "1",
            "group": "g",
            "gold": "yes",
            "humans": {"w": "yes"},
            "votes": {"a": " Yes.", "b": "no", "c": None, "d": "maybe"},
            "stated_confidence": {"a": 0.9, "d": 0.4},
            "prompt_tokens": 210,
            "text": "soup",
        },
        {"id": "2", "gold": "no", "votes": {"a": "no"}},
    )
    recording = Recording.open(path)
    assert recording.task.label_names == ("no", "yes")
    assert recording.contents.annotators == {"a": 2, "b": 1, "d": 1}
    first, second = recording
    assert first.candidate == Candidate("1", {"text": "soup"}, group="g", gold="yes")
    usage = Usage(input=210, output=5)
    assert first.votes["a"] == (
        Vote("a", Labelled("yes"), Confidence(Source.STATED, {"yes": 0.9}), usage),
    )
    assert first.votes["d"] == (Vote("d", Unlabelled(Reason.OFF_LIST, "maybe"), usage=usage),)
    assert second.votes["a"][0].usage == Usage(input=600, output=5)
    assert second.candidate.group == "2"


WRONG = {
    "no id": ({"votes": {}}, "no 'id'"),
    "another schema": ({"id": "1", "schema": 2}, "schema '2' is not known"),
    "votes of no object": ({"id": "1", "votes": [1]}, "votes must be an object by annotator"),
    "an unknown key": ({"id": "1", "votes": {"a": {"lable": "yes"}}}, "did you mean 'label'"),
    "label and reason": (
        {"id": "1", "votes": {"a": {"label": "yes", "reason": "empty"}}},
        "vote of 'a': give either a label, or the reason",
    ),
    "an unknown reason": (
        {"id": "1", "votes": {"a": {"reason": "tired"}}},
        "unknown reason 'tired'",
    ),
    "a confidence without source": (
        {"id": "1", "votes": {"a": {"label": "yes", "confidence": {"yes": 0.4}}}},
        "a confidence needs its source, one of token_probabilities, samples, variants, stated",
    ),
    "a source without confidence": (
        {"id": "1", "votes": {"a": {"label": "yes", "source": "stated"}}},
        "the source stated needs a confidence by label",
    ),
    "a confidence that is a number": (
        {"id": "1", "votes": {"a": {"label": "yes", "source": "stated", "confidence": 0.4}}},
        "stands in the row's stated_confidence",
    ),
    "an unknown source": (
        {"id": "1", "votes": {"a": {"label": "yes", "source": "stared"}}},
        "did you mean 'stated'",
    ),
    "usage that is none": (
        {"id": "1", "votes": {"a": {"label": "yes", "usage": {"input": -1}}}},
        "usage.input is -1",
    ),
    "usage of an unknown kind": (
        {"id": "1", "votes": {"a": {"label": "yes", "usage": {"inputs": 1}}}},
        "did you mean 'input'",
    ),
    "money that was rounded": (
        {"id": "1", "votes": {"a": {"label": "yes", "usd": 0.1}}},
        "write an exact amount in quotes",
    ),
    "a time that is none": (
        {"id": "1", "votes": {"a": {"label": "yes", "seconds": -1}}},
        "seconds is -1",
    ),
    "the same draw twice": (
        {"id": "1", "votes": {"a": [{"label": "yes"}, {"label": "no"}]}},
        "two draws have the same variant and sample",
    ),
    "a chance that is none": ({"id": "1", "sampled": 0}, "sampled is '0'"),
    "a truth value that is none": ({"id": "1", "local_only": "maybe"}, "local_only is 'maybe'"),
    "labels that are none": ({"id": "1", "labels": "yes"}, "labels must be a list"),
    "a stated confidence of a hundred": (
        {"id": "1", "votes": {}, "stated_confidence": {"a": 100}},
        "it goes from 0 to 1",
    ),
}


@pytest.mark.parametrize(("line", "said"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, line: Any, said: str) -> None:
    good = {"id": "0", "gold": "yes", "votes": {}}
    path = lines(tmp_path / "r.jsonl", good, line)
    with pytest.raises(TableError) as raised:
        Recording.open(path, TASK)
    assert str(raised.value).startswith(f"{path}:2: ")
    assert said in str(raised.value)


IMPOSSIBLE = {
    "above one": {"yes": 1.5},
    "together above one": {"yes": 0.8, "no": 0.8},
    "of an unknown label": {"yes": 0.5, "maybe": 0.1},
    "not a number": {"yes": "0.5"},
    "true": {"yes": None},
}


@pytest.mark.parametrize("confidence", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_impossible_probabilities_are_named(tmp_path: Path, confidence: Any) -> None:
    vote = {"label": "yes", "source": "token_probabilities", "confidence": confidence}
    path = lines(tmp_path / "r.jsonl", {"id": "1", "gold": "no", "votes": {"weak": vote}})
    recording = Recording.open(path, TASK)
    with pytest.raises(TableError, match=r"r\.jsonl:1: vote of 'weak': gave "):
        list(recording)


def test_not_a_number_is_no_json(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text('{"id": "1", "votes": {}, "stated_confidence": {"a": NaN}}\n')
    with pytest.raises(TableError, match=r":1: not valid JSON"):
        Recording.open(path, TASK)


def test_an_id_that_comes_twice_is_named_with_both_lines(tmp_path: Path) -> None:
    row = {"id": "1", "gold": "yes", "votes": {}}
    path = lines(tmp_path / "r.jsonl", row, {**row, "id": "2"}, row)
    with pytest.raises(TableError, match=r":3: id '1' was in line 1"):
        Recording.open(path, TASK)
    asked = lines(tmp_path / "q.jsonl", {**row, "question": "a"}, {**row, "question": "b"})
    assert Recording.open(asked, TASK).contents.rows == 2


def test_labels_that_cannot_be_known_are_asked_for(tmp_path: Path) -> None:
    none = lines(tmp_path / "none.jsonl", {"id": "1", "gold": None, "votes": {"a": "yes"}})
    with pytest.raises(TableError, match="there is no gold, so that the labels are not known"):
        Recording.open(none)
    one = lines(tmp_path / "one.jsonl", {"id": "1", "gold": "yes", "votes": {"a": "no"}})
    with pytest.raises(TableError, match=r"all gold is 'yes'.*give --task"):
        Recording.open(one)
    assert Recording.open(one, TASK).contents.gold == 1
    alike = lines(
        tmp_path / "alike.jsonl",
        *({"id": label, "gold": label, "votes": {}} for label in ("yes", "Yes")),
    )
    with pytest.raises(TableError, match="give --task"):
        Recording.open(alike)


def test_two_tasks_in_one_file_are_told_apart(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "r.jsonl",
        {"id": "1", "labels": ["a", "b"], "gold": "a", "votes": {}},
        {"id": "2", "labels": ["a", "c"], "gold": "a", "votes": {}},
    )
    with pytest.raises(TableError, match=r":2: its labels are not those of the first line"):
        Recording.open(path)


def test_without_a_task_only_the_text_is_kept(tmp_path: Path) -> None:
    row = {"id": "1", "gold": "no", "text": "soup", "annotated_as": "no", "votes": {}}
    path = lines(tmp_path / "r.jsonl", row, {**row, "id": "2", "gold": "yes"})
    assert next(iter(Recording.open(path))).candidate.columns == {"text": "soup"}
    described = next(iter(Recording.open(path, TASK))).candidate.columns
    assert described == {"text": "soup", "annotated_as": "no"}


def test_gold_that_is_none_of_the_labels_is_counted(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "r.jsonl",
        *({"id": str(n), "gold": gold, "votes": {}} for n, gold in enumerate(("yes", "n/a", "no"))),
    )
    assert Recording.open(path, TASK).foreign_gold == {"n/a": 1}


def test_a_full_disk_leaves_the_old_recording(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    RecordingWriter(path, LABELS).write([RecordedRow(Candidate("1"), {}, 1)])
    before = path.read_bytes()

    def broken() -> Any:
        yield RecordedRow(Candidate("2"), {}, 1)
        raise OSError(28, "No space left on device")

    with pytest.raises(TableError, match="no space left on device; make room"):
        RecordingWriter(path, LABELS).write(broken())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_another_ending_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"unknown ending '\.csv'; use \.jsonl or \.parquet"):
        RecordingWriter(tmp_path / "r.csv", LABELS)
