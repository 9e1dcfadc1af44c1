from __future__ import annotations

import asyncio
import time

import pytest

from stepladder.annotators import Answer, ScriptedAnnotator
from stepladder.errors import RateLimitedError, RejectedError, UnavailableError
from stepladder.task import Task
from stepladder.types import (
    Candidate,
    CandidateKey,
    Confidence,
    Draw,
    Labelled,
    Reason,
    Source,
    Unlabelled,
    Usage,
)

TASK = Task.model_validate(
    {"name": "t", "instructions": "Yes or no?", "labels": {"yes": {"aliases": ["yep"]}, "no": {}}}
)


async def test_it_says_what_the_script_says() -> None:
    scripted = ScriptedAnnotator("weak", {"1": "Yep", "2": "perhaps", "*": "no"}, TASK)

    outcomes = [(await said(scripted, id_)).outcome for id_ in ("1", "2", "3")]
    assert outcomes == [
        Labelled("yes"),
        Unlabelled(Reason.OFF_LIST, "perhaps"),
        Labelled("no"),
    ]
    assert scripted.asked == [CandidateKey(id_, "label") for id_ in ("1", "2", "3")]


async def test_a_candidate_off_the_script_is_refused_and_free() -> None:
    scripted = ScriptedAnnotator("weak", {"1": "yes"}, TASK)
    with pytest.raises(RejectedError, match=r"weak: .* candidate '2'; add it, or '\*'") as raised:
        await scripted.ask(Candidate("2"))
    assert raised.value.free


async def test_confidence_is_given_by_id() -> None:
    by_label = {"yes": 0.7, "no": 0.3}
    scripted = ScriptedAnnotator(
        "weak",
        {"*": "yes"},
        TASK,
        confidence={"1": by_label},
        source=Source.TOKEN_PROBABILITIES,
    )
    assert (await said(scripted, "1")).confidence == Confidence(
        Source.TOKEN_PROBABILITIES, by_label
    )
    assert (await said(scripted, "2")).confidence.source is Source.NONE


async def test_errors_come_in_turn_and_then_the_answer() -> None:
    scripted = ScriptedAnnotator(
        "weak",
        {"*": "yes"},
        TASK,
        errors={"1": [RateLimitedError("slow down"), UnavailableError("down")]},
    )
    with pytest.raises(RateLimitedError):
        await scripted.ask(Candidate("1"))
    with pytest.raises(UnavailableError):
        await scripted.ask(Candidate("1"))
    assert (await said(scripted, "1")).outcome == Labelled("yes")
    assert (await said(scripted, "2")).outcome == Labelled("yes")


async def test_a_single_error_comes_every_time() -> None:
    scripted = ScriptedAnnotator("weak", {"*": "yes"}, TASK, errors={"*": RejectedError("never")})
    for _ in range(3):
        with pytest.raises(RejectedError, match="never"):
            await scripted.ask(Candidate("1"))


async def test_a_delay_holds_up_only_its_candidate() -> None:
    scripted = ScriptedAnnotator("weak", {"*": "yes"}, TASK, delays={"slow": 0.2})
    started = time.monotonic()
    slow = asyncio.create_task(scripted.ask(Candidate("slow")))
    await scripted.ask(Candidate("fast"))
    assert not slow.done()
    await slow
    assert time.monotonic() - started >= 0.2


async def test_usage_and_bound_are_what_the_test_needs() -> None:
    plain = ScriptedAnnotator("a", {"*": "yes"}, TASK)
    assert plain.bound(Candidate("1")) == (await said(plain, "1")).usage == Usage(requests=1)

    used, promised = Usage(input=100, output=5), Usage(input=50, output=5)
    greedy = ScriptedAnnotator("b", {"*": "yes"}, TASK, usage=used, bound=promised)
    assert (await said(greedy, "1")).usage == used
    assert greedy.bound(Candidate("1")) == promised


def test_the_key_follows_the_script() -> None:
    one = Candidate("1")
    key = ScriptedAnnotator("weak", {"*": "yes"}, TASK).key(one)
    assert key == ScriptedAnnotator("weak", {"1": "yes", "2": "no"}, TASK).key(one)
    assert key != ScriptedAnnotator("weak", {"*": "no"}, TASK).key(one)
    assert key != ScriptedAnnotator("strong", {"*": "yes"}, TASK).key(one)
    assert key != ScriptedAnnotator("weak", {"*": "yes"}, TASK).key(one, Draw(sample=1))


async def said(annotator: ScriptedAnnotator, id_: str) -> Answer:
    reply = await annotator.ask(Candidate(id_))
    assert isinstance(reply, Answer)
    return reply


def test_a_script_with_impossible_confidence_is_refused() -> None:
    impossible = {"1": {"yes": 0.9, "no": 0.3}}
    with pytest.raises(ValueError, match=r"^weak: candidate '1': the script gave .* sum to 1\.2"):
        ScriptedAnnotator("weak", {"*": "yes"}, TASK, confidence=impossible)
