"""The run that is killed: a process that lives for one start, and may have a moment to die in."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from stepladder.engine import Run, RunOptions
from stepladder.engine.setup import set_up
from stepladder.ledger.pen import Pen
from stepladder.policy import Policy
from stepladder.pricing import Price, PriceBook
from stepladder.task import Task
from stepladder.types import Candidate, Usd

CANDIDATES = 30
DAY = date(2026, 6, 1)
TASK = Task.model_validate(
    {
        "name": "soak",
        "instructions": "Choose.",
        "labels": ["yes", "no"],
        "text": "[{id}] {text}",
    }
)
PRICES = """\
schema = 1

[[price]]
model = "fake"
from = 2020-01-01
source = "made up"
input = 1.7
output = 9.1
"""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a run dies: at a write, after some seconds, or not at all."""

    write: int = 0
    """The number of the write, from 1; 0 for none."""
    before: bool = False
    """Before its transaction; or after it, when nobody has been told yet."""
    seconds: float = 0.0
    """Killed from outside; 0 for never."""


def live(folder: Path, base_url: str, gold: int, moment: Moment) -> None:
    """One start of the run; does not come back."""
    writes = _count_writes(moment)
    try:
        decisions = asyncio.run(_label(folder, base_url, gold))
        (folder / "decisions.json").write_text(json.dumps(decisions))
        (folder / "writes").write_text(str(next(writes) - 1))
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def price() -> Price:
    """What both models cost."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "prices.toml"
        path.write_text(PRICES)
        return PriceBook.load([path]).price("fake", DAY)


def warm_up(base_url: str) -> None:
    """One run in this process: what is imported late is there when others are forked."""
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(_label(Path(name), base_url, 6))


def _count_writes(moment: Moment) -> itertools.count[int]:
    """Count the transactions of the ledger's pen, and die at the one that it is the moment of."""
    numbers = itertools.count(1)
    for name in ("add", "do"):
        setattr(Pen, name, _counted(getattr(Pen, name), numbers, moment))
    return numbers


def _counted(
    write: Callable[[Pen, Any], Any], numbers: itertools.count[int], moment: Moment
) -> Callable[[Pen, Any], Any]:
    def counted(pen: Pen, given: Any) -> Any:
        if not given:
            return write(pen, given)
        mine = next(numbers) == moment.write
        if mine and moment.before:
            os.kill(os.getpid(), signal.SIGKILL)
        done = write(pen, given)
        if mine:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    return counted


async def _label(folder: Path, base_url: str, gold: int) -> dict[str, Any]:
    (folder / "prices.toml").write_text(PRICES)
    setup = set_up(TASK, _policy(base_url, gold), folder, day=DAY)
    options = RunOptions(ledger=f"sqlite:///{folder / 'ledger.db'}", budget=Usd.of(100))
    made: dict[str, Any] = {}
    async for finished in Run(setup, _candidates(gold), options).decisions():
        one = finished.decision
        made[one.key.id] = [one.label, one.probability, one.status.value, list(one.route)]
    return made


def _policy(base_url: str, gold: int) -> Policy:
    def model(name: str) -> dict[str, Any]:
        return {
            "kind": "openai",
            "model": name,
            "base_url": base_url,
            "api_key_env": "",
            "price": "fake",
            "concurrency": 4,
        }

    return Policy.model_validate(
        {
            "name": "soak",
            "prices": ["prices.toml"],
            "calibration": {"rows": gold, "share": Decimal(1)},
            "annotators": {"weak": model("weak"), "strong": model("strong")},
            "tiers": [
                {"name": "weak", "ask": "weak", "accept": {"probability": Decimal("0.9")}},
                {"name": "strong", "ask": "strong"},
            ],
        }
    )


def _candidates(gold: int) -> list[Candidate]:
    return [
        Candidate(
            id=f"c{n}",
            columns={"id": f"c{n}", "text": f"text {n}"},
            gold=("yes", "no")[n % 2] if n < gold else None,
        )
        for n in range(CANDIDATES)
    ]
