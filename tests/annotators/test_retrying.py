from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.annotators import Annotator, Answer, Reply, Retrying, ScriptedAnnotator
from stepladder.annotators.retrying import GiveUp, Retry, wait_before
from stepladder.errors import (
    AnnotatorError,
    CredentialsError,
    MalformedReplyError,
    PromptTooLongError,
    RateLimitedError,
    RejectedError,
    TimedOutError,
    UnavailableError,
)
from stepladder.task import Task
from stepladder.types import Candidate, Draw, Labelled

TASK = Task.model_validate(
    {"name": "t", "instructions": "Yes or no?", "labels": {"yes": {}, "no": {}}}
)
ONE = Candidate("1")


@pytest.mark.parametrize(
    ("attempt", "longest"), [(1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 30.0), (500, 30.0)]
)
def test_the_wait_doubles_up_to_half_a_minute(attempt: int, longest: float) -> None:
    down = UnavailableError("down")
    assert wait_before(attempt, down, 1.0) == Retry(longest)
    assert wait_before(attempt, down, 0.5) == Retry(longest / 2)
    assert wait_before(attempt, down, 0.0) == Retry(0.0)


@pytest.mark.parametrize(
    "error", [RejectedError("no"), PromptTooLongError("long"), CredentialsError("key")]
)
def test_what_cannot_pass_is_given_up_at_once(error: AnnotatorError) -> None:
    assert wait_before(1, error, 0.5) == GiveUp()


@pytest.mark.parametrize(
    "error", [RateLimitedError, UnavailableError, TimedOutError, MalformedReplyError]
)
def test_what_may_pass_is_asked_again(error: type[AnnotatorError]) -> None:
    assert wait_before(1, error("x"), 0.5) == Retry(0.25)


def test_a_provider_that_wants_more_than_two_minutes_is_given_up() -> None:
    assert wait_before(1, RateLimitedError("later", retry_after=120), 0.0) == Retry(120)
    assert wait_before(1, RateLimitedError("later", retry_after=121), 0.0) == GiveUp()
    assert wait_before(1, RateLimitedError("later", retry_after=math.inf), 0.0) == GiveUp()
    assert wait_before(1, RateLimitedError("later", retry_after=math.nan), 0.0) == GiveUp()


@given(
    attempt=st.integers(1, 10**6),
    retry_after=st.none() | st.floats(allow_nan=True, allow_infinity=True),
    jitter=st.floats(0, 1),
)
def test_the_wait_is_never_shorter_than_asked_nor_out_of_proportion(
    attempt: int, retry_after: float | None, jitter: float
) -> None:
    match wait_before(attempt, RateLimitedError("later", retry_after=retry_after), jitter):
        case Retry(seconds):
            assert 0 <= seconds <= 150
            assert seconds >= (retry_after or 0)
        case GiveUp():
            assert retry_after is not None
            assert not retry_after <= 120


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311


class Waits:
    """Sleeps without sleeping, and remembers."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def failing(errors: Sequence[AnnotatorError] | AnnotatorError) -> ScriptedAnnotator:
    return ScriptedAnnotator("weak", {"*": "yes"}, TASK, errors={"*": errors})


async def test_it_asks_until_an_attempt_succeeds() -> None:
    inner = failing([UnavailableError("down"), RateLimitedError("later", retry_after=7)])
    waits = Waits()
    reply = await Retrying(inner, 2, seeded(1), waits).ask(ONE)

    assert isinstance(reply, Answer)
    assert reply.outcome == Labelled("yes")
    assert len(inner.asked) == 3
    first, second = waits.seconds
    assert 0 <= first <= 0.5
    assert 7 <= second <= 8


@pytest.mark.parametrize(("retries", "attempts"), [(0, 1), (1, 2), (4, 5)])
async def test_it_raises_the_last_error_when_retries_run_out(retries: int, attempts: int) -> None:
    errors = [UnavailableError(f"down {n}") for n in range(1, 9)]
    inner, waits = failing(errors), Waits()
    with pytest.raises(UnavailableError, match=f"^down {attempts}$") as raised:
        await Retrying(inner, retries, seeded(1), waits).ask(ONE)
    assert len(inner.asked) == attempts
    assert len(waits.seconds) == retries
    assert raised.value.__context__ is None


async def test_it_does_not_ask_again_where_that_cannot_help() -> None:
    inner, waits = failing(RejectedError("content filter")), Waits()
    with pytest.raises(RejectedError):
        await Retrying(inner, 5, seeded(1), waits).ask(ONE)
    assert len(inner.asked) == 1
    assert waits.seconds == []


class Longest(Random):
    def random(self) -> float:
        return 1.0


async def test_the_waits_are_those_of_the_policy_in_turn() -> None:
    waits = Waits()
    with pytest.raises(UnavailableError):
        await Retrying(failing(UnavailableError("down")), 4, Longest(), waits).ask(ONE)
    assert waits.seconds == [0.5, 1, 2, 4]


async def test_the_same_seed_waits_alike() -> None:
    waits = [Waits(), Waits(), Waits()]
    for seed, wait in zip((1, 1, 2), waits, strict=True):
        with pytest.raises(UnavailableError):
            await Retrying(failing(UnavailableError("down")), 4, seeded(seed), wait).ask(ONE)
    assert waits[0].seconds == waits[1].seconds != waits[2].seconds


def test_it_answers_for_the_annotator_inside() -> None:
    inner = failing([])
    wrapped = Retrying(inner, 1, seeded(1))
    assert isinstance(wrapped, Annotator)
    assert wrapped.name == "weak"
    assert wrapped.key(ONE, Draw(sample=2)) == inner.key(ONE, Draw(sample=2)) != inner.key(ONE)
    assert wrapped.bound(ONE) == inner.bound(ONE)


async def retry_patiently(
    errors: AnnotatorError | Sequence[AnnotatorError], retries: int, patience: float
) -> tuple[int, float, Reply | AnnotatorError]:
    """Attempts, seconds, and how it ended; waits take exactly as long as they are asked to."""
    clock = [0.0]

    async def sleep(seconds: float) -> None:
        clock[0] += seconds

    inner = failing(errors)
    retrying = Retrying(inner, retries, Longest(), sleep, patience=patience, clock=lambda: clock[0])
    try:
        end: Reply | AnnotatorError = await retrying.ask(ONE)
    except AnnotatorError as error:
        end = error
    return len(inner.asked), clock[0], end


async def test_a_rate_limit_uses_up_no_retry_while_the_patience_lasts() -> None:
    limited = [RateLimitedError("later")] * 5
    attempts, seconds, end = await retry_patiently(limited, retries=0, patience=60.0)
    assert isinstance(end, Answer)
    assert attempts == 6
    assert seconds == 0.5 + 1 + 2 + 4 + 8


async def test_after_the_patience_a_rate_limit_counts_as_any_failure() -> None:
    later = RateLimitedError("later", retry_after=10)
    attempts, seconds, end = await retry_patiently(later, retries=2, patience=25.0)
    assert end is later
    # Refused at 0, 10.5 and 21.5, within 25 seconds; then two retries, of which the second is last.
    assert attempts == 6
    assert seconds == 10.5 + 11 + 12 + 10.5 + 11


async def test_other_failures_use_up_retries_however_patient_it_is() -> None:
    attempts, _, end = await retry_patiently(UnavailableError("down"), retries=2, patience=60.0)
    assert isinstance(end, UnavailableError)
    assert attempts == 3


async def test_rate_limits_and_failures_are_counted_apart() -> None:
    errors = [RateLimitedError("1"), UnavailableError("2"), RateLimitedError("3")]
    attempts, _, end = await retry_patiently(errors, retries=1, patience=60.0)
    assert isinstance(end, Answer)
    assert attempts == 4
