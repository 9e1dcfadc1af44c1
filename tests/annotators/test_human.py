from __future__ import annotations

from pathlib import Path

import pytest

from stepladder.annotators import Answer, HumanAnnotator, Waiting
from stepladder.errors import TableError
from stepladder.task import Task
from stepladder.types import Candidate, Labelled, Usage

TASK = Task.model_validate(
    {
        "name": "reviews",
        "instructions": "Positive or negative?",
        "labels": {"positive": {"aliases": ["good"]}, "negative": {}},
    }
)
BY_ASPECT = TASK.model_copy(
    update={"columns": TASK.columns.model_copy(update={"question": "aspect"})}
)


def review(id_: str, text: str = "Nice.", question: str = "label") -> Candidate:
    return Candidate(id_, {"text": text}, question)


async def opened(path: Path | None, task: Task = TASK) -> HumanAnnotator:
    person = HumanAnnotator("me", task, path)
    await person.open()
    return person


async def test_answers_stand_in_the_file_and_the_rest_waits(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("id,label,note\n1, Good ,fine\n2,,later\n3,negative,\n")
    person = await opened(path)

    assert await person.ask(review("1")) == Answer(
        Labelled("positive"), usage=Usage(requests=1), text="Good"
    )
    assert await person.ask(review("2")) == Waiting()
    assert await person.ask(review("3")) == Answer(Labelled("negative"), text="negative")
    assert await person.ask(review("4")) == Waiting()
    assert person.bound(review("1")) == Usage(requests=1)


async def test_without_a_file_everybody_waits() -> None:
    assert await (await opened(None)).ask(review("1")) == Waiting()


async def test_opening_again_reads_what_was_answered_since(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text('{"id": 1, "label": null}\n')
    person = await opened(path)
    assert await person.ask(review("1")) == Waiting()

    path.write_text('{"id": 1, "label": "negative"}\n')
    await person.open()
    assert await person.ask(review("1")) == Answer(Labelled("negative"), text="negative")


async def test_each_question_has_an_answer_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("id,question,label\n1,food,good\n1,service,negative\n")
    person = await opened(path, BY_ASPECT)

    assert await person.ask(review("1", question="food")) == Answer(
        Labelled("positive"), text="good"
    )
    assert await person.ask(review("1", question="service")) == Answer(
        Labelled("negative"), text="negative"
    )
    assert await person.ask(review("1", question="noise")) == Waiting()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("id,label\n1,negative\n2,positve\n", ":3: 'positve' is not a label of the task; did you"),
        (
            "id,label\n1,negative\n1,good\n",
            ":3: id '1' is 'positive' here and 'negative' in line 2",
        ),
        ("id,lable\n1,negative\n", ":2: no column 'label', which answers need; did you mean 'lab"),
        ("id,label\n ,negative\n", ":2: column 'id' is empty"),
    ],
)
async def test_a_file_that_cannot_be_used_is_named_with_its_line(
    tmp_path: Path, content: str, complaint: str
) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(content)
    with pytest.raises(TableError) as raised:
        await opened(path)
    assert str(raised.value).startswith(f"{path}{complaint}")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("id,label\n1,good\n", ":2: no column 'question', which answers need"),
        ("id,question,label\n1,,good\n", ":2: column 'question' is empty"),
    ],
)
async def test_several_questions_need_a_question_in_every_answer(
    tmp_path: Path, content: str, complaint: str
) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(content)
    with pytest.raises(TableError) as raised:
        await opened(path, BY_ASPECT)
    assert str(raised.value).startswith(f"{path}{complaint}")


async def test_the_same_answer_twice_is_one_answer(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("id,label\n1,good\n1,positive\n")
    assert await (await opened(path)).ask(review("1")) == Answer(Labelled("positive"), text="good")


@pytest.mark.parametrize("content", [None, "", "id,label\n"])
async def test_whoever_has_not_begun_is_waited_for(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "answers.csv"
    if content is not None:
        path.write_text(content)
    assert await (await opened(path)).ask(review("1")) == Waiting()


def test_the_key_follows_the_text_that_the_person_read() -> None:
    person = HumanAnnotator("me", TASK, None)
    key = person.key(review("1", "Nice."))

    assert key == HumanAnnotator("me", TASK, None).key(review("1", "Nice."))
    others = {
        person.key(review("1", "Awful.")),
        person.key(review("2", "Nice.")),
        person.key(review("1", "Nice.", question="food")),
        HumanAnnotator("you", TASK, None).key(review("1", "Nice.")),
    }
    assert len(others | {key}) == 5
