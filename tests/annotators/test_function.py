from __future__ import annotations

import threading
from collections.abc import Mapping

import numpy as np
import pytest

from stepladder.annotators import Answer, FunctionAnnotator
from stepladder.errors import AnnotatorError, RateLimitedError, RejectedError
from stepladder.task import Task
from stepladder.types import (
    Candidate,
    Confidence,
    Draw,
    Labelled,
    Reason,
    Source,
    Unlabelled,
    Usage,
)

TASK = Task.model_validate(
    {
        "name": "length",
        "instructions": "Long or short?",
        "labels": {"long": {}, "short": {"aliases": ["brief"]}},
        "columns": {"gold": "right"},
    }
)
SHORT = Candidate("7", {"text": "hi", "right": "short"})


def by_length(candidate: Candidate) -> str:
    return "long" if len(candidate.columns["text"]) > 10 else "brief"


async def sure(candidate: Candidate) -> tuple[str, Mapping[str, float]]:
    return "short", {"short": 0.9, "long": 0.1}


class Sure:
    async def __call__(self, candidate: Candidate) -> str:
        return "short"


async def test_a_label_is_read_as_any_answer_is() -> None:
    mine = FunctionAnnotator("mine", by_length, TASK)
    assert await mine.ask(SHORT) == Answer(Labelled("short"), usage=Usage(requests=1), text="brief")
    assert mine.bound(SHORT) == Usage(requests=1)

    vague = FunctionAnnotator("mine", lambda _: "middling", TASK)
    assert await vague.ask(SHORT) == Answer(
        Unlabelled(Reason.OFF_LIST, "middling"), text="middling"
    )


async def test_probabilities_become_stated_confidence() -> None:
    assert await FunctionAnnotator("mine", sure, TASK).ask(SHORT) == Answer(
        Labelled("short"), Confidence(Source.STATED, {"short": 0.9, "long": 0.1}), text="short"
    )


@pytest.mark.parametrize("given", [{"short": 0.9}, {"short": np.float32(0.9)}, {}])
async def test_labels_that_are_left_out_share_the_rest(given: Mapping[str, float]) -> None:
    reply = await FunctionAnnotator("mine", lambda _: ("short", given), TASK).ask(SHORT)
    assert isinstance(reply, Answer)
    assert reply.confidence.by_label == pytest.approx(dict(given))


async def test_an_object_with_an_async_call_is_a_function_too() -> None:
    assert await FunctionAnnotator("mine", Sure(), TASK).ask(SHORT) == Answer(
        Labelled("short"), text="short"
    )


async def test_a_sync_function_does_not_hold_up_the_others() -> None:
    threads: list[int] = []

    def where(candidate: Candidate) -> str:
        threads.append(threading.get_ident())
        return "short"

    await FunctionAnnotator("mine", where, TASK).ask(SHORT)
    assert threads != [threading.get_ident()]


async def test_an_exception_is_refused_with_the_candidate_s_id() -> None:
    def broken(candidate: Candidate) -> str:
        return candidate.columns["body"]

    with pytest.raises(RejectedError, match=r"^mine: candidate '7': KeyError: 'body'$"):
        await FunctionAnnotator("mine", broken, TASK).ask(SHORT)


async def test_an_annotator_error_keeps_its_meaning() -> None:
    def busy(candidate: Candidate) -> str:
        raise RateLimitedError("later", retry_after=3)

    with pytest.raises(RateLimitedError) as raised:
        await FunctionAnnotator("mine", busy, TASK).ask(SHORT)
    assert raised.value.retry_after == 3


@pytest.mark.parametrize(
    ("returned", "complaint"),
    [
        (None, "returned None; return a label"),
        (1, "returned 1; return a label"),
        (("short", 0.9), "return a label, or"),
        (("short", {"shrot": 0.9}), "gave 'shrot' a probability; known: long, short"),
        (("short", {"short": 1.5}), "gave 'short' the probability 1.5"),
        (("short", {"short": float("nan")}), "gave 'short' the probability nan"),
        (("short", {"short": 0.9, "long": 0.2}), "probabilities that sum to 1.1; divide them"),
        (("short", {"short": 0.6, "long": 0.2}), "every label a probability, and they sum to 0.8"),
    ],
)
async def test_what_is_no_answer_is_refused(returned: object, complaint: str) -> None:
    mine = FunctionAnnotator("mine", lambda _: returned, TASK)  # type: ignore[arg-type,return-value]
    with pytest.raises(AnnotatorError, match=r"^mine: candidate '7': ") as raised:
        await mine.ask(SHORT)
    assert complaint in str(raised.value)


def test_the_key_follows_everything_the_function_may_look_at_but_the_gold() -> None:
    mine = FunctionAnnotator("mine", by_length, TASK)
    assert mine.key(SHORT) == mine.key(Candidate("7", {"text": "hi", "right": ""}))
    others = {
        mine.key(Candidate("7", {"text": "ho", "right": "short"})),
        mine.key(Candidate("8", SHORT.columns)),
        mine.key(SHORT, Draw(sample=1)),
        FunctionAnnotator("mine", by_length, TASK, version="2").key(SHORT),
        FunctionAnnotator("yours", by_length, TASK).key(SHORT),
    }
    assert len(others | {mine.key(SHORT)}) == 6
