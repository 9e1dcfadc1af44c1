"""How much of a provider's limits is used, and how many calls it refuses.

`python -m benchmarks.throughput` labels at fake providers with limits that the policy names,
that headers name, or that only refusals teach, for so many seconds each; then at a cheap tier
without and with a slow tier above it. Allowed is the limit for the time, and what the provider
lets through at once at the start. Requests are counted by the provider.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from stepladder.engine import Run, RunOptions
from stepladder.engine.setup import set_up
from stepladder.policy import Policy
from stepladder.task import Task
from stepladder.testing import FakeProvider, Limits, Stats
from stepladder.types import Candidate, Usd

TASK = Task.model_validate(
    {"name": "t", "instructions": "Choose one of the two.", "labels": ["yes", "no"]}
)
LATENCY = 0.2
IN_FLIGHT = 64
PER_MINUTE = 3000
"""Requests."""
TOKENS_PER_MINUTE = 120_000
"""What some 1,000 of the long and short prompts have; their bound in bytes is seven times that."""
BURST = 1.0
"""Seconds of allowance that the provider lets through at once: as good as none."""
SLOW_LATENCY = 2.0
SLOW_IN_FLIGHT = 2
OF_HARD = 0.1
"""Share of the candidates that the cheap tier does not know; five times what the slow tier can."""
CAP = 5
"""Tokens that a request may be answered with: what the provider counts beside the prompt."""
WORDS = (5, 200)
"""Length of a varied prompt."""


@dataclass(frozen=True, slots=True)
class Case:
    """A provider with limits, and who knows of them."""

    told: str
    limits: Limits
    known: Mapping[str, int] = field(default_factory=dict)
    """Keys of the annotator in the policy."""


@dataclass(frozen=True, slots=True)
class Used:
    """What became of a case."""

    share: float
    """Of what the limits allow in the time, that was answered."""
    refused: float
    """Share of the calls."""
    requests: int


def cases() -> list[Case]:
    """Limits that are known from the policy, from headers, or not at all."""
    requests = {"requests_per_minute": PER_MINUTE}
    tokens = {"tokens_per_minute": TOKENS_PER_MINUTE}
    both = requests | tokens
    return [
        Case("requests, in the policy", _limits(requests), requests),
        Case("requests, in headers", _limits(requests, headers=True)),
        Case("requests, learnt from 429s with Retry-After", _limits(requests)),
        Case("requests, learnt from 429s without it", _limits(requests, retry_after=False)),
        Case("tokens, in the policy", _limits(tokens), tokens),
        Case("tokens, in headers", _limits(tokens, headers=True)),
        Case("tokens, learnt from 429s with Retry-After", _limits(tokens)),
        Case("requests and tokens, in headers", _limits(both, headers=True)),
    ]


def _limits(
    per_minute: Mapping[str, int], *, headers: bool = False, retry_after: bool = True
) -> Limits:
    return Limits(**per_minute, burst=BURST, headers=headers, retry_after=retry_after)


class Texts:
    """Candidates without end, the same each time they are read."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __iter__(self) -> Iterator[Candidate]:
        rng = random.Random(0)
        for number in range(self._count):
            words = " ".join(["alpaca"] * rng.randint(*WORDS))
            doubt = "hard" if rng.random() < OF_HARD else "easy"
            yield Candidate(f"{number}", {"text": f"{number} {doubt} {words}"})


def policy(tiers: Mapping[str, Mapping[str, Any]]) -> Policy:
    """A ladder of one annotator a tier, each given by its keys; free of charge."""
    common = {"kind": "openai", "api_key_env": "", "price": "local", "concurrency": IN_FLIGHT}
    return Policy.model_validate(
        {
            "name": "throughput",
            "calibration": {"rows": 0},
            "annotators": {name: {**common, "model": name, **keys} for name, keys in tiers.items()},
            "tiers": [{"name": name, "ask": name, "accept": {"agree": 1}} for name in tiers],
        }
    )


async def label(policy: Policy, count: int, seconds: float) -> None:
    """Label for so many seconds, with a ledger on disk."""
    with tempfile.TemporaryDirectory() as folder:
        setup = set_up(TASK, policy, Path(folder), day=date(2026, 1, 1))
        options = RunOptions(f"sqlite:///{folder}/ledger.db", budget=Usd.of(1))
        run = Run(setup, Texts(count), options)
        asyncio.get_running_loop().call_later(seconds, run.stop)
        async for _ in run.decisions():
            pass


def measure(case: Case, seconds: float) -> Used:
    """Label at such a provider for so many seconds."""
    with FakeProvider(list(TASK.label_names), latency=LATENCY, limits=case.limits) as provider:
        keys = {"base_url": provider.base_url, **case.known}
        asyncio.run(label(policy({"only": keys}), round(100 * seconds), seconds))
        return used(case.limits, provider.stats())


def used(limits: Limits, stats: Stats) -> Used:
    """The share of the tighter limit; the bucket's content at the start is allowed too."""
    allowed = stats.seconds + limits.burst
    answered = (stats.answered, limits.requests_per_minute)
    tokens = (stats.prompt_tokens + stats.answered * CAP, limits.tokens_per_minute)
    shares = [got * 60 / (limit * allowed) for got, limit in (answered, tokens) if limit]
    return Used(max(shares), stats.refused / stats.requests, stats.requests)


def cheap_pace(seconds: float, *, with_slow_tier: bool) -> float:
    """Answers per second of the cheap tier."""
    labels = list(TASK.label_names)
    with (
        FakeProvider(labels, latency=LATENCY, script={"hard": "perhaps"}) as cheap,
        FakeProvider(labels, latency=SLOW_LATENCY) as slow,
    ):
        tiers: dict[str, dict[str, Any]] = {
            "cheap": {"base_url": cheap.base_url, "requests_per_minute": PER_MINUTE}
        }
        if with_slow_tier:
            tiers["slow"] = {"base_url": slow.base_url, "concurrency": SLOW_IN_FLIGHT}
        asyncio.run(label(policy(tiers), round(100 * seconds), seconds))
        stats = cheap.stats()
        return stats.answered / stats.seconds


def main() -> None:
    """Measure and print; ends with 1 when a case falls short of what is required."""
    chosen = _arguments()
    print(_machine())
    print(f"{chosen.seconds:g} s each, {IN_FLIGHT} in flight, {LATENCY:g} s latency, "
          f"{PER_MINUTE:,} requests or {TOKENS_PER_MINUTE:,} tokens a minute")  # fmt: skip
    short = [case.told for case in cases() if chosen.only in case.told and not _holds(case, chosen)]
    if chosen.only in "slow tier":
        alone = cheap_pace(chosen.seconds, with_slow_tier=False)
        beside = cheap_pace(chosen.seconds, with_slow_tier=True)
        print(f"cheap tier alone {alone:.1f}/s, beside a slow one {beside:.1f}/s")
        short += ["slow tier"] if beside < chosen.least * alone else []
    if short:
        sys.exit(f"falls short: {'; '.join(short)}")


def _holds(case: Case, chosen: argparse.Namespace) -> bool:
    found = measure(case, chosen.seconds)
    print(f"{case.told:<46}used {found.share:6.1%}  refused {found.refused:6.2%} "
          f"of {found.requests:,}", flush=True)  # fmt: skip
    enough: bool = found.share >= chosen.least
    return enough and found.refused <= float(chosen.most_refused)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for each case")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--least", type=float, default=0.0, help="share that must be used")
    parser.add_argument("--most-refused", type=float, default=1.0, help="share of the calls")
    return parser.parse_args()


def _machine() -> str:
    load = " ".join(f"{average:.1f}" for average in os.getloadavg())
    return f"{os.cpu_count()} cores, CPython {platform.python_version()}, load {load}"


if __name__ == "__main__":
    main()
