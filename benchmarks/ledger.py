"""Durable reserve + settle pairs per second: the ledger against an ORM session per operation.

64 callers share one SQLite file, `synchronous=FULL`. A pair is a reservation with its intent,
on disk before the caller goes on, then a settlement with its vote, on disk before the caller
goes on. Both write the same rows, in rounds by turns, each into a file of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from statistics import median

from sqlmodel import Session, SQLModel

from benchmarks.ledger_budget import measure_budget
from stepladder.ledger import Intent, Ledger, RunStart, Settlement, connect, open_ledger
from stepladder.ledger.schema import AttemptRow, ReservationRow, SettlementRow, VoteRow
from stepladder.types import CandidateKey, Confidence, Labelled, Source, Usage, Usd, Vote

RUN = RunStart("bench", "sentiment", '["good","bad"]', "t", "p", "{}", 0, Usd.of(1000), Usd(0), "0")
PRICE = "gpt-4o-mini 2024-07-18"
USAGE = Usage(input=210, output=1)
COST = Usd(32_100_000)
VOTE = Vote(
    "small",
    Labelled("good"),
    Confidence(Source.TOKEN_PROBABILITIES, {"good": 0.93, "bad": 0.07}),
    USAGE,
    COST,
    "gpt-4o-mini-2024-07-18",
    "good",
    key="3f7a9c0d52e1b8f64a7d90c1e2b3f4a5",
    seconds=0.31,
)

Pair = Callable[[CandidateKey], Awaitable[None]]


def main() -> None:
    """Measure and print; ends with 1 when the ledger is less than `--require` times as fast."""
    chosen = _arguments()
    print(_machine())
    ours, orm = list[float](), list[float]()
    for _ in range(chosen.rounds):
        ours.append(_in_a_folder(_ours, chosen.pairs, chosen.callers))
        orm.append(_in_a_folder(_orm, chosen.orm_pairs, chosen.callers))
    print(f"{chosen.callers} callers, medians of {chosen.rounds} rounds, durable pairs per second")
    for name, found in (("ledger", ours), ("ORM session per operation", orm)):
        print(f"{name:<28}{median(found):>10,.0f}{min(found):>10,.0f}{max(found):>10,.0f}")
    times = median(a / b for a, b in zip(ours, orm, strict=True))
    print(f"the ledger makes {times:.1f} times as many")
    if chosen.postgres:
        measure_budget(RUN, chosen.rounds, seconds=3)
    if chosen.require is not None and times < chosen.require:
        sys.exit(f"required: {chosen.require:g} times as many")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20_000, help="of the ledger, by round")
    parser.add_argument("--orm-pairs", type=int, default=500, help="of the ORM, by round")
    parser.add_argument("--callers", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--require", type=float, help="the least ratio")
    parser.add_argument("--postgres", action="store_true", help="also a shared budget's two ways")
    return parser.parse_args()


def _in_a_folder(measure: Callable[[str, int, int], float], pairs: int, callers: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return measure(f"sqlite:///{Path(folder) / 'run.db'}", pairs, callers)


def _ours(url: str, pairs: int, callers: int) -> float:
    with closing(open_ledger(url, RUN)) as ledger:
        return asyncio.run(_pairs_per_second(_pair_of(ledger), pairs, callers))


def _orm(url: str, pairs: int, callers: int) -> float:
    engine = connect(url)
    numbers = count()

    def add(*rows: SQLModel) -> None:
        with Session(engine) as session:
            session.add_all(rows)
            session.commit()

    async def pair(key: CandidateKey) -> None:
        held, attempt = next(numbers), next(numbers)
        add(_reservation(held, key), _attempt(attempt, held, key))
        # The others take their turn, as they would while the answer is awaited.
        await asyncio.sleep(0)
        add(_settlement(attempt), _vote(attempt, key))

    try:
        return asyncio.run(_pairs_per_second(pair, pairs, callers))
    finally:
        engine.dispose()


def _pair_of(ledger: Ledger) -> Pair:
    async def pair(key: CandidateKey) -> None:
        held = ledger.reserve(key, Usd(64_200_000), Usd(0))
        quote = Usd(64_200_000)
        intent = Intent(held, key, "small", VOTE.key, wage=False, quote=quote, price=PRICE)
        attempt = await ledger.intend(intent)
        settlement = Settlement(
            attempt, wage=False, outcome="answered", cost=COST, usage=USAGE, seconds=0.31
        )
        ledger.settle(settlement, key, VOTE)
        await ledger.flush()

    return pair


async def _pairs_per_second(pair: Pair, pairs: int, callers: int) -> float:
    todo: Iterator[int] = iter(range(pairs))

    async def caller() -> None:
        for number in todo:
            await pair(CandidateKey(f"review-{number}", "label"))

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    return pairs / (time.perf_counter() - began)


def _reservation(number: int, key: CandidateKey) -> ReservationRow:
    return ReservationRow(
        id=number, candidate=key.id, question=key.question, usd_pico=64_200_000, wages_pico=0
    )


def _attempt(number: int, reservation: int, key: CandidateKey) -> AttemptRow:
    return AttemptRow(
        id=number,
        reservation=reservation,
        candidate=key.id,
        question=key.question,
        annotator="small",
        vote_key=VOTE.key,
        wage=False,
        quote_pico=64_200_000,
        price=PRICE,
    )


def _settlement(attempt: int) -> SettlementRow:
    return SettlementRow(
        attempt=attempt,
        wage=False,
        outcome="answered",
        cost_pico=COST.pico,
        input=USAGE.input,
        output=USAGE.output,
        seconds=0.31,
    )


def _vote(number: int, key: CandidateKey) -> VoteRow:
    return VoteRow(
        id=number,
        candidate=key.id,
        question=key.question,
        annotator="small",
        key=VOTE.key,
        label="good",
        reason=None,
        detail="",
        source="token_probabilities",
        confidence='{"good":0.93,"bad":0.07}',
        usage="[210,0,0,1,0,1]",
        cost_pico=COST.pico,
        model=VOTE.model,
        text=VOTE.text,
        variant=VOTE.variant,
        sample=0,
        seconds=0.31,
    )


def _machine() -> str:
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    python = f"CPython {platform.python_version()}"
    return f"{os.cpu_count()} cores, {platform.machine()}, {python}, load {load}"


if __name__ == "__main__":
    main()
