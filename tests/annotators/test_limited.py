from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from virtual_time import Closed, Load, Provider, TokenBucket, in_virtual_time

from stepladder.annotators import (
    Allowance,
    Annotator,
    Answer,
    Limited,
    Reply,
    ScriptedAnnotator,
)
from stepladder.annotators.bucket import Bucket
from stepladder.annotators.wrapper import Wrapper
from stepladder.errors import AnnotatorError, DownError, RateLimitedError, UnavailableError
from stepladder.task import Task
from stepladder.types import FIRST, Candidate, Draw, Usage

TASK = Task.model_validate(
    {"name": "t", "instructions": "Yes or no?", "labels": {"yes": {}, "no": {}}}
)


class Clock:
    """Time that jumps to the next sleeper's end as soon as everybody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.ends: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        end = self.now + seconds
        self.ends.append(end)
        while self.now < end:
            await turns()
            self.now = max(self.now, min(self.ends))
        self.ends.remove(end)


async def turns() -> None:
    """Let everybody run who can."""
    for _ in range(20):
        await asyncio.sleep(0)


class Timed(ScriptedAnnotator):
    """Remembers when it was asked."""

    def __init__(self, clock: Clock, tokens: int = 0) -> None:
        super().__init__("weak", {"*": "yes"}, TASK, usage=Usage(input=tokens))
        self.clock = clock
        self.times: list[float] = []

    async def ask(self, candidate: Candidate, draw: Draw = FIRST):  # type: ignore[no-untyped-def]
        self.times.append(self.clock())
        return await super().ask(candidate, draw)


async def ask_all(annotator: Annotator, count: int) -> None:
    await asyncio.gather(*(annotator.ask(Candidate(str(n))) for n in range(count)))


def admitted(per_minute: int, wanted: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """When each amount passes, if each is asked for so many seconds after the one before."""
    bucket, passed, now = Bucket(per_minute, 0.0), [], 0.0
    for pause, amount in wanted:
        now = max(now + pause, bucket.ready_at(amount))
        bucket = bucket.take(amount, now)
        passed.append((now, amount))
    return passed


amounts = st.lists(
    st.tuples(st.floats(0, 100) | st.just(0.0), st.integers(0, 2000)), min_size=1, max_size=60
)


@given(per_minute=st.integers(1, 5000), wanted=amounts)
def test_no_60_seconds_see_more_than_the_allowance_and_one_bucketful(
    per_minute: int, wanted: list[tuple[float, int]]
) -> None:
    passed = admitted(per_minute, wanted)
    for first, (start, _) in enumerate(passed):
        window = [amount for time, amount in passed[first:] if time <= start + 60]
        at_once = max(1.0, per_minute / 60, *window)
        assert sum(window) <= (per_minute + at_once) * (1 + 1e-9)


@given(per_minute=st.integers(1, 5000), wanted=amounts)
def test_nothing_waits_longer_than_what_went_before_allows(
    per_minute: int, wanted: list[tuple[float, int]]
) -> None:
    passed = admitted(per_minute, wanted)
    asked = list(accumulate(pause for pause, _ in wanted))
    before = list(accumulate((amount for _, amount in wanted), initial=0))
    bucketful = max(1.0, per_minute / 60)
    for (time, amount), when, earlier in zip(passed, asked, before, strict=False):
        owed = (earlier + min(amount, bucketful)) * 60 / per_minute
        assert time <= when + owed + 1e-6


def test_one_second_s_allowance_passes_at_once_and_the_rest_evenly() -> None:
    passed = admitted(120, [(0.0, 1)] * 6)
    assert [time for time, _ in passed] == pytest.approx([0, 0, 0.5, 1, 1.5, 2])
    after_a_pause = admitted(120, [(0.0, 1)] * 3 + [(30.0, 1)] * 1 + [(0.0, 1)] * 2)
    assert [time for time, _ in after_a_pause[3:]] == pytest.approx([30.5, 30.5, 31])


def test_an_amount_larger_than_the_bucket_passes_alone() -> None:
    bucket = Bucket(60, 0.0)
    assert bucket.ready_at(600) <= 0.0
    emptied = bucket.take(600, 0.0)
    assert emptied.ready_at(1) == pytest.approx(600)
    assert emptied.ready_at(600) == pytest.approx(600)


async def test_no_more_are_in_flight_than_allowed() -> None:
    now = most = 0

    class Counted(Timed):
        async def ask(self, candidate: Candidate, draw: Draw = FIRST):  # type: ignore[no-untyped-def]
            nonlocal now, most
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.001)
            now -= 1
            return await super().ask(candidate, draw)

    inner = Counted(Clock())
    await ask_all(Limited(inner, 3), 20)
    assert most == 3
    assert len(inner.times) == 20


async def test_requests_are_spread_over_the_minute() -> None:
    clock = Clock()
    inner = Timed(clock)
    limited = Limited(inner, 50, requests_per_minute=30, clock=clock, sleep=clock.sleep)
    await ask_all(limited, 5)
    assert inner.times == pytest.approx([0, 2, 4, 6, 8])


async def test_tokens_are_counted_by_the_bound_of_each_request() -> None:
    clock = Clock()
    inner = Timed(clock, tokens=1000)
    limited = Limited(inner, 50, tokens_per_minute=6000, clock=clock, sleep=clock.sleep)
    await ask_all(limited, 4)
    assert inner.times == pytest.approx([0, 10, 20, 30])


async def test_the_tighter_of_two_limits_holds() -> None:
    clock = Clock()
    inner = Timed(clock, tokens=1000)
    limited = Limited(
        inner,
        50,
        requests_per_minute=2,
        tokens_per_minute=6000,
        clock=clock,
        sleep=clock.sleep,
    )
    await ask_all(limited, 3)
    assert inner.times == pytest.approx([0, 30, 60])


async def test_first_come_first_served() -> None:
    clock = Clock()
    inner = Timed(clock)
    limited = Limited(inner, 2, requests_per_minute=60, clock=clock, sleep=clock.sleep)
    await ask_all(limited, 12)
    assert [key.id for key in inner.asked] == [str(n) for n in range(12)]


async def test_small_requests_do_not_overtake_a_large_one() -> None:
    clock = Clock()

    class Sized(Timed):
        def bound(self, candidate: Candidate, draw: Draw = FIRST) -> Usage:
            return Usage(input=int(candidate.columns["tokens"]))

    inner = Sized(clock)
    limited = Limited(inner, 9, tokens_per_minute=6000, clock=clock, sleep=clock.sleep)
    sizes = (100, 100, 10, 10, 100)
    await asyncio.gather(
        *(limited.ask(Candidate(f"{n}", {"tokens": f"{size}"})) for n, size in enumerate(sizes))
    )
    assert [key.id for key in inner.asked] == ["0", "1", "2", "3", "4"]
    assert inner.times == pytest.approx([0, 1, 1.1, 1.2, 2.2])


async def test_a_sleep_that_ends_early_lets_nobody_through_early() -> None:
    clock = Clock()
    inner = Timed(clock)

    async def nap(seconds: float) -> None:
        await clock.sleep(max(seconds / 2, 0.001))

    await ask_all(Limited(inner, 9, requests_per_minute=30, clock=clock, sleep=nap), 3)
    for time, earliest in zip(inner.times, (0, 2, 4), strict=True):
        assert earliest <= time <= earliest + 0.01


async def test_who_gives_up_waiting_takes_nothing_and_blocks_nobody() -> None:
    clock = Clock()
    inner = Timed(clock)
    release = asyncio.Event()

    async def held_up(seconds: float) -> None:
        await release.wait()
        clock.now += seconds

    limited = Limited(inner, 2, requests_per_minute=60, clock=clock, sleep=held_up)
    await limited.ask(Candidate("first"))
    waiting = [asyncio.create_task(limited.ask(Candidate(id_))) for id_ in ("sleeps", "queues")]
    await asyncio.sleep(0)
    last = asyncio.create_task(limited.ask(Candidate("last")))
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    assert all(isinstance(r, asyncio.CancelledError) for r in await gathered(waiting))
    release.set()
    await asyncio.wait_for(last, 5)

    assert [key.id for key in inner.asked] == ["first", "last"]
    assert inner.times == pytest.approx([0, 1])


async def gathered(tasks: list[asyncio.Task[Reply]]) -> list[Reply | BaseException]:
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_failed_attempt_gives_its_slot_back() -> None:
    inner = ScriptedAnnotator("weak", {"*": "yes"}, TASK, errors={"1": UnavailableError("down")})
    limited = Limited(inner, 1)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            await limited.ask(Candidate("1"))
    await asyncio.wait_for(limited.ask(Candidate("2")), 5)


def test_eight_are_in_flight_at_first_and_one_more_after_four_answers() -> None:
    async def work(clock: Callable[[], float]) -> None:
        provider = Provider(TokenBucket(10_000, 1), clock)
        limited = Limited(provider, 12, clock=clock)
        tasks = [asyncio.create_task(limited.ask(Candidate(f"{n}"))) for n in range(60)]
        await asyncio.sleep(0.05)
        in_flight = [len(provider.times)]
        await asyncio.gather(*tasks)
        assert in_flight[0] <= 8
        # A limit of 12, reached after sixteen answers, and never passed.
        assert most_at_once(provider.asked_at, provider.answered_at) == 12

    in_virtual_time(work)


def most_at_once(begun: list[float], ended: list[float]) -> int:
    events = sorted([(time, 1) for time in begun] + [(time, -1) for time in ended])
    return max(accumulate(change for _, change in events))


async def test_limits_that_an_answer_states_hold_from_then_on() -> None:
    clock = Clock()
    inner = Stating(clock, Allowance(requests_per_minute=60))
    limited = Limited(inner, 1, clock=clock, sleep=clock.sleep)
    await ask_all(limited, 4)
    # The first one has used up the second's allowance that the provider had.
    assert inner.times == pytest.approx([0, 1, 2, 3])


async def test_what_the_policy_says_goes_before_what_the_provider_says() -> None:
    clock = Clock()
    inner = Stating(clock, Allowance(requests_per_minute=6000))
    limited = Limited(inner, 1, requests_per_minute=60, clock=clock, sleep=clock.sleep)
    await ask_all(limited, 4)
    assert inner.times == pytest.approx([0, 1, 2, 3])


async def test_the_bound_is_scaled_by_what_prompts_really_had() -> None:
    clock = Clock()

    class Loose(Timed):
        def bound(self, candidate: Candidate, draw: Draw = FIRST) -> Usage:
            return Usage(input=1000)

    inner = Loose(clock, tokens=250)
    limited = Limited(inner, 1, tokens_per_minute=60_000, clock=clock, sleep=clock.sleep)
    await ask_all(limited, 9)
    # One of 1,000 by its bound, then four of 250 for every second's 1,000 tokens.
    assert inner.times == pytest.approx([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2])


def test_a_provider_that_refuses_everything_is_given_up_after_the_patience() -> None:
    async def work(clock: Callable[[], float]) -> None:
        provider = Provider(Refusing(), clock, hints=True)
        limited = Limited(provider, 16, patience=5.0, clock=clock)
        ends = await asyncio.gather(
            *(limited.ask(Candidate(f"{n}")) for n in range(500)), return_exceptions=True
        )
        assert all(isinstance(end, RateLimitedError | DownError) for end in ends)
        assert any(isinstance(end, DownError) for end in ends)
        # An hour is what it asks for.
        assert clock() <= 2 * 5.0 + 1
        provider.gate = TokenBucket(100, 1)
        await asyncio.sleep(5)
        assert isinstance(await limited.ask(Candidate("later")), Answer)

    in_virtual_time(work)


class Refusing:
    def wait(self, now: float, tokens: int) -> float:
        return 3600.0


def test_other_failures_are_let_through_as_far_as_the_limits_go() -> None:
    async def work(clock: Callable[[], float]) -> None:
        inner = ScriptedAnnotator("weak", {"*": "yes"}, TASK, errors={"*": UnavailableError("5")})
        limited = Limited(inner, 4, patience=5.0, clock=clock)
        for _ in range(50):
            with pytest.raises(UnavailableError):
                await limited.ask(Candidate("1"))
        assert clock() == 0.0

    in_virtual_time(work)


@pytest.mark.parametrize(
    "error",
    [
        DownError("it is down, and was not asked"),
        UnavailableError("cannot connect", free=True, heard=False),
    ],
)
def test_what_nobody_received_teaches_no_pace(error: AnnotatorError) -> None:
    async def work(clock: Callable[[], float]) -> None:
        provider = Provider(TokenBucket(10, 1), clock)
        outage = Outage(provider, error)
        limited = Limited(outage, 64, clock=clock)
        for minute in range(3):
            outage.down = minute == 1
            provider.answered = provider.refused = 0
            await Load(60, 64).through(limited)
        # Measured: 4.8 %, as after a minute without requests; 10.6 % had it taught a pace.
        assert provider.refused_share <= 0.06

    in_virtual_time(work)


def test_what_nobody_received_does_not_renew_the_patience() -> None:
    async def work(clock: Callable[[], float]) -> None:
        outage = Outage(Provider(Closed(), clock, hints=True), DownError("down"))
        limited = Limited(outage, 1, patience=5.0, clock=clock)
        said = ""
        while said != "fake refused every request for 5 seconds":
            outage.down = not outage.down
            with pytest.raises((RateLimitedError, DownError)) as caught:
                await limited.ask(Candidate("1"))
            said = str(caught.value)
        assert 5.0 <= clock() <= 6.0

    in_virtual_time(work)


class Outage(Wrapper):
    """Fails with an error, while down, without asking the provider."""

    def __init__(self, inner: Provider, error: AnnotatorError) -> None:
        super().__init__(inner)
        self.clock, self.error, self.down = inner.clock, error, False

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:
        if self.down:
            raise self.error
        return await super().ask(candidate, draw)


class Stating(Timed):
    """States its limits with every answer."""

    def __init__(self, clock: Clock, allowance: Allowance) -> None:
        super().__init__(clock, tokens=1)
        self.allowance = allowance

    async def ask(self, candidate: Candidate, draw: Draw = FIRST):  # type: ignore[no-untyped-def]
        return replace(await super().ask(candidate, draw), allowance=self.allowance)
