"""The clients that `engine.py` compares, each run in a process of its own.

`python -m benchmarks.engine_clients CLIENT JOB` does one job and prints a Measured as JSON.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

import orjson

from stepladder.policy import Policy
from stepladder.task import LABEL_ONLY, ChatPrompt, Style, Task, render_prompt
from stepladder.types import Candidate, Status, Usd

MODEL = "gpt-4o-mini"
KEY = "a key that nobody checks"
WARM_UP = 100
"""Candidates labelled before the clock starts: imports, tokenizer tables and the like are paid."""
PARAMETERS = {"max_tokens": 5, "temperature": 0.0, "logprobs": True, "top_logprobs": 20}
"""What our direct path sends, for everybody."""
TASK = Task.model_validate(
    {
        "name": "benchmark",
        "instructions": "Decide whether the writer of a review was happy, unhappy, or both.",
        "text": "Review: {text}",
        "labels": {
            "positive": "happy, would come again",
            "negative": "unhappy, would not come again",
            "mixed": "good and bad in balance, or lukewarm",
        },
        "examples": [
            {"text": "The lamb was cold and the waiter rolled his eyes.", "label": "negative"},
            {"text": "We laughed, we ate, we booked again on the way out.", "label": "positive"},
            {"text": "Lovely terrace; the food never got beyond fine.", "label": "mixed"},
        ],
    }
)


@dataclass(frozen=True, slots=True)
class Job:
    """What every client has to do."""

    base_url: str
    """Of the provider."""
    candidates: int
    concurrency: int
    """Requests in flight at once."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one client needed for one job."""

    cpu: float
    """CPU seconds, user and system, of all threads, for the job alone."""
    wall: float
    """Seconds for the job alone."""
    before: float
    """CPU seconds before it: interpreter, imports and the warm-up."""


Label = Callable[[Sequence[Candidate]], Awaitable[None]]
"""Labels candidates, all of them."""
Ask = Callable[[Candidate], Awaitable[str]]
"""Asks about one candidate."""


async def ours(job: Job) -> Label:
    """The engine on its direct path, as a user would run it: nothing is left out."""
    from stepladder.engine import Run, RunOptions
    from stepladder.engine.setup import set_up

    os.environ["OPENAI_API_KEY"] = KEY
    folder = Path(tempfile.mkdtemp(dir=os.environ["BENCHMARK_FOLDER"]))
    model = {"kind": "openai", "model": MODEL, "base_url": job.base_url}
    common = {"concurrency": job.concurrency, "max_output_tokens": PARAMETERS["max_tokens"]}
    policy = Policy.model_validate(
        {
            "name": "benchmark",
            "annotators": {"model": {**model, **common}},
            "tiers": [{"name": "only", "ask": "model", "accept": {"probability": Decimal("0.4")}}],
        }
    )
    setup = set_up(TASK, policy, folder, day=date(2026, 1, 1))

    async def label(candidates: Sequence[Candidate]) -> None:
        file = folder / f"{len(candidates)}.db"
        run = Run(setup, candidates, RunOptions(f"sqlite:///{file}", budget=Usd.of(100)))
        statuses = [finished.decision.status async for finished in run.decisions()]
        assert statuses == [Status.LABELLED] * len(candidates)

    return label


async def bare(job: Job) -> Label:
    """aiohttp and orjson doing the calls, and nothing else."""
    import aiohttp

    url, headers = f"{job.base_url}/chat/completions", {"Authorization": f"Bearer {KEY}"}
    headers["Content-Type"] = "application/json"

    async def label(candidates: Sequence[Candidate]) -> None:
        connector = aiohttp.TCPConnector(limit=job.concurrency)
        async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

            async def ask(candidate: Candidate) -> str:
                body = {"model": MODEL, "messages": _messages(candidate), **PARAMETERS}
                async with session.post(url, data=orjson.dumps(body)) as response:
                    return _said(orjson.loads(await response.read()))

            await _all(ask, candidates, job.concurrency)

    return label


async def router(job: Job) -> Label:
    """litellm's Router with one deployment."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    import litellm

    there = {"model": f"openai/{MODEL}", "api_base": job.base_url, "api_key": KEY}
    routes = litellm.Router(model_list=[{"model_name": MODEL, "litellm_params": there}])

    async def ask(candidate: Candidate) -> str:
        messages = _messages(candidate)
        reply = await routes.acompletion(model=MODEL, messages=messages, **PARAMETERS)
        return str(reply.choices[0].message.content)

    async def label(candidates: Sequence[Candidate]) -> None:
        await _all(ask, candidates, job.concurrency)

    return label


CLIENTS = {"ours": ours, "bare": bare, "bare_uvloop": bare, "router": router}


def event_loop_of(client: str) -> Callable[[Coroutine[Any, Any, Measured]], Measured]:
    """Python's own loop for the peers, as they come; ours as `stepladder label` runs it."""
    from stepladder.engine import event_loop

    return event_loop.run if client in {"ours", "bare_uvloop"} else asyncio.run


async def measure(client: Callable[[Job], Awaitable[Label]], job: Job) -> Measured:
    """CPU and time of one job, after a warm-up."""
    label = await client(job)
    await label(_candidates("warm-up", WARM_UP))
    candidates = _candidates("review", job.candidates)
    cpu, clock = _cpu(), time.monotonic()
    await label(candidates)
    return Measured(_cpu() - cpu, time.monotonic() - clock, before=cpu)


async def _all(ask: Ask, candidates: Sequence[Candidate], hands: int) -> None:
    """Ask about every candidate, so many at once."""
    rest = iter(candidates)

    async def work() -> None:
        for candidate in rest:
            assert await ask(candidate) in TASK.labels

    await asyncio.gather(*(work() for _ in range(hands)))


def _candidates(name: str, count: int) -> list[Candidate]:
    text = "Visit {}: the soup was wonderful and the service quick, though a bit noisy at times."
    return [Candidate(id=f"{name}-{i}", columns={"text": text.format(i)}) for i in range(count)]


_PROMPT = render_prompt(TASK, {}, Style.CHAT, LABEL_ONLY)
assert isinstance(_PROMPT, ChatPrompt)
_STABLE = [{"role": m.role, "content": m.content} for m in _PROMPT.messages[:-1]]


def _messages(candidate: Candidate) -> list[dict[str, str]]:
    """The prompt as our engine sends it; the part that never changes is made beforehand."""
    return [*_STABLE, {"role": "user", "content": f"Review: {candidate.columns['text']}"}]


def _said(reply: Any) -> str:
    return str(reply["choices"][0]["message"]["content"])


def _cpu() -> float:
    used = getrusage(RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    wanted, given = sys.argv[1:]
    run = event_loop_of(wanted)
    measured = run(measure(CLIENTS[wanted], Job(**orjson.loads(given))))
    print(orjson.dumps(asdict(measured)).decode())
