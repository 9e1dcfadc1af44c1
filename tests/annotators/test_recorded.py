from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from stepladder.annotators import Answer, RecordedAnnotator
from stepladder.errors import RejectedError, TableError
from stepladder.task import Task
from stepladder.types import (
    Candidate,
    Confidence,
    Labelled,
    Reason,
    Source,
    Unlabelled,
    Usage,
)

TASK = Task.model_validate(
    {
        "name": "stance",
        "instructions": "Which stance?",
        "labels": {"agrees": {}, "neutral": {}, "disagrees": {}},
    }
)
LINES = (
    {
        "id": "s-0",
        "gold": "disagrees",
        "votes": {"big": "disagrees", "small": "n/a: no stance"},
        "stated_confidence": {"big": 0.95, "small": 0.5},
        "prompt_tokens": 157,
    },
    {"id": "s-1", "gold": None, "votes": {"big": "Agrees", "small": None}},
)


def recording(tmp_path: Path, *lines: object) -> Path:
    path = tmp_path / "votes.jsonl"
    path.write_bytes(b"\n".join(map(orjson.dumps, lines)))
    return path


async def test_it_repeats_the_recorded_vote(tmp_path: Path) -> None:
    big = RecordedAnnotator("strong", recording(tmp_path, *LINES), "big", TASK)
    await big.open()

    assert await big.ask(Candidate("s-0")) == Answer(
        Labelled("disagrees"),
        Confidence(Source.STATED, {"disagrees": 0.95}),
        Usage(input=157, output=5),
        model="big",
        text="disagrees",
    )
    assert await big.ask(Candidate("s-1")) == Answer(
        Labelled("agrees"), usage=Usage(input=600, output=5), model="big", text="Agrees"
    )


async def test_an_off_list_vote_carries_no_label_and_no_confidence(tmp_path: Path) -> None:
    small = RecordedAnnotator("weak", recording(tmp_path, *LINES), "small", TASK)
    reply = await small.ask(Candidate("s-0"))
    assert reply == Answer(
        Unlabelled(Reason.OFF_LIST, "n/a: no stance"),
        usage=Usage(input=157, output=5),
        model="small",
        text="n/a: no stance",
    )


@pytest.mark.parametrize("id_", ["s-1", "s-2"])
async def test_a_missing_vote_or_candidate_is_refused_and_free(tmp_path: Path, id_: str) -> None:
    small = RecordedAnnotator("weak", recording(tmp_path, *LINES), "small", TASK)
    with pytest.raises(RejectedError, match=f"no vote of 'small' on candidate '{id_}'") as raised:
        await small.ask(Candidate(id_))
    assert raised.value.free


async def test_the_bound_is_what_the_attempt_uses_even_before_opening(tmp_path: Path) -> None:
    big = RecordedAnnotator("strong", recording(tmp_path, *LINES), "big", TASK)
    assert big.bound(Candidate("s-0")) == Usage(input=157, output=5)
    assert big.bound(Candidate("s-1")) == Usage(input=600, output=5)


async def test_one_id_may_carry_several_questions(tmp_path: Path) -> None:
    path = recording(
        tmp_path,
        {"id": "r", "question": "food", "votes": {"big": "agrees"}},
        {"id": "r", "question": "noise", "votes": {"big": "neutral"}},
        {"id": "r__staff", "question": "staff", "votes": {"big": "disagrees"}},
    )
    big = RecordedAnnotator("strong", path, "big", TASK)

    food = await big.ask(Candidate("r", question="food"))
    noise = await big.ask(Candidate("r", question="noise"))
    alone = await big.ask(Candidate("r__staff"))
    assert [isinstance(r, Answer) and r.outcome for r in (food, noise, alone)] == [
        Labelled("agrees"),
        Labelled("neutral"),
        Labelled("disagrees"),
    ]
    for nobody in (
        Candidate("r"),
        Candidate("r", question="staff"),
        Candidate("r__staff", {}, "x"),
    ):
        with pytest.raises(RejectedError):
            await big.ask(nobody)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ({"votes": {"big": "agrees"}}, ":1: no 'id'"),
        ({"id": "1", "votes": "agrees"}, ":1: votes must be an object by annotator, not 'agrees'"),
        ({"id": "1", "votes": {"bigger": "agrees"}}, ": no votes of 'big'; did you mean 'bigger'"),
        ({"id": "1", "votes": {"big": "agrees"}, "prompt_tokens": -3}, ":1: prompt_tokens is '-3'"),
        (
            {"id": "1", "votes": {"big": "agrees"}, "stated_confidence": {"big": 95}},
            ":1: vote of 'big': stated_confidence is 95; it goes from 0 to 1",
        ),
        (
            {"id": "1", "votes": {"big": "agrees"}, "stated_confidence": {"big": 150}},
            ":1: vote of 'big': stated_confidence is 150; it goes from 0 to 1",
        ),
        (
            {"id": "1", "votes": {"big": "agrees"}, "stated_confidence": {"big": "high"}},
            ":1: vote of 'big': stated_confidence is 'high'; it goes from 0 to 1",
        ),
        (
            {"id": "1", "votes": {"big": "agrees"}, "stated_confidence": {"big": True}},
            ":1: vote of 'big': stated_confidence is True; it goes from 0 to 1",
        ),
    ],
)
async def test_a_recording_that_cannot_be_used_is_named(
    tmp_path: Path, line: object, complaint: str
) -> None:
    path = recording(tmp_path, line)
    with pytest.raises(TableError) as raised:
        await RecordedAnnotator("strong", path, "big", TASK).open()
    assert str(raised.value).startswith(f"{path}{complaint}")


async def test_an_id_that_comes_twice_is_an_error(tmp_path: Path) -> None:
    path = recording(tmp_path, LINES[0], LINES[0])
    with pytest.raises(TableError, match=r":2: id 's-0' was in line 1"):
        await RecordedAnnotator("strong", path, "big", TASK).open()


def test_the_key_follows_what_was_recorded(tmp_path: Path) -> None:
    path = recording(tmp_path, *LINES)
    big = RecordedAnnotator("strong", path, "big", TASK)
    small = RecordedAnnotator("strong", path, "small", TASK)
    assert big.key(Candidate("s-0")) == RecordedAnnotator("strong", path, "big", TASK).key(
        Candidate("s-0")
    )
    assert big.key(Candidate("s-0")) != small.key(Candidate("s-0"))
    assert big.key(Candidate("s-0")) != big.key(Candidate("s-1"))
