"""An annotator that is down: waited for, skipped, probed by one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from virtual_time import in_virtual_time

from stepladder.annotators import Answer, Reply
from stepladder.annotators.guarded import Guarded
from stepladder.errors import (
    AnnotatorError,
    DownError,
    PromptTooLongError,
    RateLimitedError,
    RejectedError,
    TimedOutError,
    UnavailableError,
)
from stepladder.policy import WhenDown
from stepladder.types import FIRST, Candidate, Draw, Labelled, Usage

Clock = Callable[[], float]
TOOK = 0.1
"""Seconds that a request takes, answered or not."""


TOO_LONG = "too long"
"""A candidate that is never sent."""


class Flaky:
    """Fails in one way until it is up again."""

    name = "flaky"

    def __init__(
        self,
        clock: Clock,
        error: AnnotatorError,
        *,
        up_at: float = float("inf"),
        took: float = TOOK,
    ) -> None:
        self.clock, self.error, self.up_at, self.took = clock, error, up_at, took
        self.asked: list[tuple[float, str]] = []

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:
        self.asked.append((round(self.clock(), 3), candidate.id))
        await asyncio.sleep(self.took)
        if candidate.id == TOO_LONG:
            raise PromptTooLongError("found too long before it was sent", free=True, heard=False)
        if self.clock() < self.up_at:
            raise self.error
        return Answer(Labelled("yes"))

    def key(self, candidate: Candidate, draw: Draw = FIRST) -> str:
        return candidate.id

    def bound(self, candidate: Candidate, draw: Draw = FIRST) -> Usage:
        return Usage()

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    @property
    def times(self) -> list[float]:
        return [time for time, _ in self.asked]


def free() -> AnnotatorError:
    return UnavailableError("connection refused", free=True)


async def outcome(guarded: Guarded, name: str) -> Reply | AnnotatorError:
    try:
        return await guarded.ask(Candidate(name))
    except AnnotatorError as error:
        return error


async def all_at_once(guarded: Guarded, count: int) -> list[Reply | AnnotatorError]:
    return await asyncio.gather(*(outcome(guarded, f"{n}") for n in range(count)))


def guard(inner: Flaky, when_down: WhenDown, patience: float = 120.0) -> Guarded:
    return Guarded(inner, when_down, patience, clock=inner.clock)


async def opened(inner: Flaky, when_down: WhenDown, patience: float = 120.0) -> Guarded:
    """Down since 0.8: eight candidates were asked one after the other and failed."""
    guarded = guard(inner, when_down, patience)
    for n in range(8):
        if n < 7 or when_down is WhenDown.SKIP or not inner.error.free:
            assert isinstance(await outcome(guarded, f"first {n}"), AnnotatorError)
    return guarded


def test_the_first_failures_are_told_as_they_are() -> None:
    async def work(clock: Clock) -> None:
        inner = Flaky(clock, free())
        guarded = guard(inner, WhenDown.WAIT)
        for n in range(7):
            assert await outcome(guarded, f"{n}") is inner.error

    in_virtual_time(work)


def test_an_answer_in_between_starts_the_count_anew() -> None:
    async def work(clock: Clock) -> None:
        inner = Flaky(clock, free())
        guarded = guard(inner, WhenDown.SKIP)
        for _ in range(3):
            inner.up_at = float("inf")
            assert all(e is inner.error for e in [await outcome(guarded, "f") for _ in range(7)])
            inner.up_at = 0.0
            assert isinstance(await outcome(guarded, "a"), Answer)

    in_virtual_time(work)


@pytest.mark.parametrize("error", [RateLimitedError("later"), RejectedError("no")])
def test_who_refuses_is_there(error: AnnotatorError) -> None:
    async def work(clock: Clock) -> None:
        inner = Flaky(clock, error)
        guarded = guard(inner, WhenDown.SKIP)
        for n in range(20):
            assert await outcome(guarded, f"{n}") is error

    in_virtual_time(work)


def test_what_was_never_sent_does_not_end_a_row_of_failures() -> None:
    async def work(clock: Clock) -> None:
        inner = Flaky(clock, free())
        guarded = guard(inner, WhenDown.SKIP)
        for n in range(8):
            assert isinstance(await outcome(guarded, TOO_LONG), PromptTooLongError)
            assert await outcome(guarded, f"{n}") is inner.error
        assert isinstance(await outcome(guarded, "next"), DownError)

    in_virtual_time(work)


def test_what_was_never_sent_does_not_make_one_of_failures() -> None:
    async def work(clock: Clock) -> None:
        guarded = guard(Flaky(clock, free()), WhenDown.SKIP)
        for _ in range(20):
            assert isinstance(await outcome(guarded, TOO_LONG), PromptTooLongError)

    in_virtual_time(work)


def test_a_probe_that_was_never_sent_lets_the_next_one_probe() -> None:
    async def work(clock: Clock) -> None:
        inner = Flaky(clock, free())
        guarded = await opened(inner, WhenDown.SKIP)
        await asyncio.sleep(1.0)
        assert isinstance(await outcome(guarded, TOO_LONG), PromptTooLongError)
        assert await outcome(guarded, "probe") is inner.error
        assert isinstance(await outcome(guarded, "still down"), DownError)

    in_virtual_time(work)


def test_what_was_never_sent_neither_ends_the_patience_nor_uses_up_attempts() -> None:
    async def work(clock: Clock) -> None:
        inner = Flaky(clock, free())
        guarded = guard(inner, WhenDown.WAIT, patience=20.0)
        names = (TOO_LONG if n % 10 == 9 else f"{n}" for n in range(2000))
        ends: list[tuple[float, Reply | AnnotatorError]] = []

        async def hand() -> None:
            for name in names:
                ends.append((clock(), await outcome(guarded, name)))
                if clock() > 15.0:
                    return

        await asyncio.gather(*(hand() for _ in range(12)))
        # Those that failed before it opened; all others waited for as long as the patience lasted.
        assert sum(end is inner.error for began, end in ends if began < 15.0) == 7
        assert all(isinstance(end, AnnotatorError) for _, end in ends)
        assert 20.0 <= clock() <= 20.0 + 3.0

    in_virtual_time(work)


def test_skip_sends_everybody_on_at_once() -> None:
    async def work(clock: Clock) -> None:
        inner = Flaky(clock, free())
        guarded = await opened(inner, WhenDown.SKIP)
        began = clock()
        others = await all_at_once(guarded, 50)
        assert all(isinstance(error, DownError) for error in others)
        assert all("connection refused" in str(error) for error in others)
        assert clock() == began
        assert len(inner.asked) == 8

    in_virtual_time(work)


def test_skip_probes_with_one_request_after_the_cool_down() -> None:
    async def work(clock: Clock) -> None:
        inner = Flaky(clock, free())
        guarded = await opened(inner, WhenDown.SKIP)
        await asyncio.sleep(1.0)
        probe, *others = await all_at_once(guarded, 5)
        assert probe is inner.error
        assert all(isinstance(error, DownError) for error in others)
        await asyncio.sleep(1.9)
        assert isinstance(await outcome(guarded, "too early"), DownError)
        await asyncio.sleep(0.1)
        inner.up_at = 0.0
        assert isinstance(await outcome(guarded, "probe"), Answer)
        assert all(isinstance(reply, Answer) for reply in await all_at_once(guarded, 5))

    in_virtual_time(work)


def test_wait_waits_an_outage_out_and_nobody_goes_past_it() -> None:
    async def work(clock: Clock) -> None:
        inner = Flaky(clock, free(), up_at=5.0)
        guarded = guard(inner, WhenDown.WAIT)
        # All are in flight when it opens, at 0.1; the probes are at 1.1, 3.2 and 7.3.
        replies = await all_at_once(guarded, 20)
        # Seven failed before it opened: those go back to be retried.
        assert sum(reply is inner.error for reply in replies) == 7
        assert sum(isinstance(reply, Answer) for reply in replies) == 13
        assert inner.times[20:23] == [1.1, 3.2, 7.3]
        # The probe's answer lets all others through, within a second.
        assert len(inner.times) == 20 + 3 + 12
        assert clock() <= 7.4 + 1.0 + TOOK + 1e-6

    in_virtual_time(work)


def test_who_waits_goes_in_order() -> None:
    async def work(clock: Clock) -> None:
        inner = Flaky(clock, free(), up_at=1.5)
        guarded = await opened(inner, WhenDown.WAIT)
        opening = asyncio.create_task(outcome(guarded, "opens"))
        await asyncio.sleep(0.2)
        await all_at_once(guarded, 10)
        await opening
        names = [name for _, name in inner.asked[8:]]
        assert names == ["opens", *(f"{n}" for n in range(10))]

    in_virtual_time(work)


def test_a_probe_that_costs_nothing_is_not_held_against_its_candidate() -> None:
    async def work(clock: Clock) -> None:
        inner = Flaky(clock, free(), up_at=20.0)
        guarded = await opened(inner, WhenDown.WAIT)
        assert isinstance(await outcome(guarded, "patient"), Answer)
        # It opened it at 0.8 and probed after 1, 2, 4, 8 and 16 seconds.
        assert inner.times[8:] == [1.8, 3.9, 8.0, 16.1, 32.2]

    in_virtual_time(work)


def test_a_probe_that_may_be_billed_is_its_candidate_s_own() -> None:
    async def work(clock: Clock) -> None:
        inner = Flaky(clock, TimedOutError("silence"))
        guarded = await opened(inner, WhenDown.WAIT)
        assert await outcome(guarded, "probe") is inner.error
        assert len(inner.asked) == 9

    in_virtual_time(work)


def test_after_the_patience_everybody_fails_until_a_probe_is_answered() -> None:
    async def work(clock: Clock) -> None:
        inner = Flaky(clock, free())
        guarded = await opened(inner, WhenDown.WAIT, patience=6.0)
        replies = await all_at_once(guarded, 10)
        assert all(isinstance(reply, DownError | UnavailableError) for reply in replies)
        # Open since 0.8. Somebody looks once a second at the latest.
        assert 6.8 <= clock() <= 6.8 + 1.0 + TOOK + 1e-6
        began = clock()
        assert isinstance(await outcome(guarded, "late"), DownError)
        assert clock() == began
        inner.up_at = 0.0
        await asyncio.sleep(16)
        assert isinstance(await outcome(guarded, "probe"), Answer)
        assert isinstance(await outcome(guarded, "after it"), Answer)

    in_virtual_time(work)


def test_a_probe_that_is_cancelled_lets_the_next_one_probe() -> None:
    async def work(clock: Clock) -> None:
        inner = Flaky(clock, free())
        guarded = await opened(inner, WhenDown.SKIP)
        await asyncio.sleep(1.0)
        inner.took = 1000.0
        probe = asyncio.create_task(guarded.ask(Candidate("hangs")))
        await asyncio.sleep(1.0)
        assert isinstance(await outcome(guarded, "meanwhile"), DownError)
        probe.cancel()
        assert isinstance((await asyncio.gather(probe, return_exceptions=True))[0], BaseException)
        inner.took, inner.up_at = TOOK, 0.0
        assert isinstance(await outcome(guarded, "next"), Answer)

    in_virtual_time(work)


def test_who_stops_waiting_holds_nobody_up() -> None:
    async def work(clock: Clock) -> None:
        inner = Flaky(clock, free(), up_at=1.0)
        guarded = await opened(inner, WhenDown.WAIT)
        waiting = [asyncio.create_task(outcome(guarded, f"{n}")) for n in range(3)]
        await asyncio.sleep(0.3)
        for task in waiting[:2]:
            task.cancel()
        assert isinstance(await waiting[2], Answer)
        assert clock() < 4.0

    in_virtual_time(work)


def test_failures_of_those_asked_before_it_opened_are_not_the_probe_s() -> None:
    async def work(clock: Clock) -> None:
        inner = Flaky(clock, TimedOutError("silence"), took=3.0)
        guarded = guard(inner, WhenDown.SKIP)
        early = [asyncio.create_task(outcome(guarded, f"{n}")) for n in range(8)]
        await asyncio.sleep(2.0)
        late = [asyncio.create_task(outcome(guarded, f"late {n}")) for n in range(8)]
        await asyncio.gather(*early)
        await asyncio.sleep(1.0)
        # Open since 3.0, probed from 4.0 to 7.0; the late ones fail at 5.0.
        probe = asyncio.create_task(outcome(guarded, "probe"))
        await asyncio.gather(*late)
        assert isinstance(await outcome(guarded, "not a second probe"), DownError)
        await asyncio.sleep(1.5)
        assert isinstance(await outcome(guarded, "not yet either"), DownError)
        await probe
        assert [name for _, name in inner.asked[16:]] == ["probe"]

    in_virtual_time(work)
