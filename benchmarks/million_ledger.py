"""A ledger as a start leaves it that was killed half-way: written in bulk, not asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import orjson

from stepladder.cli.request import LabelRequest
from stepladder.cli.today import today
from stepladder.confidence import Fit
from stepladder.digest import digest
from stepladder.engine import Run, Setup
from stepladder.engine.basis import Basis, policy_digest
from stepladder.engine.checks import check
from stepladder.ledger import Intent, Ledger, RunStart, Settlement, open_ledger
from stepladder.types import (
    NOTHING,
    Candidate,
    Confidence,
    Decision,
    Labelled,
    Source,
    Status,
    Usage,
    Usd,
    Vote,
)
from stepladder.version import VERSION

BLOCK = 1000
"""Candidates written at once."""
QUOTE = Usd.of("0.00002")
COST = Usd.of("0.00001")
USAGE = Usage(input=60, output=1)


@dataclass(frozen=True, slots=True)
class Written:
    """What each candidate's entries are made with."""

    setup: Setup
    ledger: Ledger
    fit: Fit

    async def block(self, candidates: Sequence[Candidate], bases: Sequence[str]) -> None:
        """Everything that one call and its decision leave in a ledger."""
        votes = [self._vote(candidate) for candidate in candidates]
        attempts = await asyncio.gather(*map(self._intend, candidates, votes))
        rows = zip(candidates, bases, votes, attempts, strict=True)
        for candidate, basis, vote, attempt in rows:
            paid = Settlement(
                attempt,
                wage=False,
                outcome="answered",
                cost=COST,
                usage=USAGE,
                seconds=vote.seconds,
            )
            self.ledger.settle(paid, candidate.key, vote)
            self.ledger.decide(self._decision(candidate, vote), basis)
        await self.ledger.flush()

    async def _intend(self, candidate: Candidate, vote: Vote) -> int:
        number = self.ledger.reserve(candidate.key, QUOTE, NOTHING)
        entry = self.setup.rates["small"].entry
        intent = Intent(
            number, candidate.key, "small", vote.key, wage=False, quote=QUOTE, price=entry
        )
        return await self.ledger.intend(intent)

    def _vote(self, candidate: Candidate) -> Vote:
        return Vote(
            annotator="small",
            outcome=Labelled("good"),
            confidence=Confidence(Source.TOKEN_PROBABILITIES, {"good": 0.9, "bad": 0.1}),
            usage=USAGE,
            cost=COST,
            model="gpt-4o-mini",
            text="good",
            key=self.setup.annotators["small"].key(candidate),
            seconds=0.01,
        )

    def _decision(self, candidate: Candidate, vote: Vote) -> Decision:
        posterior = self.fit.posterior((vote,), candidate)
        return Decision(
            key=candidate.key,
            status=Status.LABELLED,
            label="good",
            probability=posterior.by_label()["good"] if posterior else None,
            posterior=posterior,
            route=("small",),
            cost=COST,
            usage=USAGE,
            reason="any label is accepted",
        )


def write_decided(folder: Path, ending: str, count: int) -> int:
    """Decide the first `count` of the folder's candidates; how many were written comes back.

    The few that are not written were asked for: a real start begins the run, and stops.
    """
    request = LabelRequest(
        candidates=folder / f"reviews.{ending}",
        task=folder / "task.toml",
        policy=folder / "policy.toml",
        out=None,
        ledger=None,
        run="",
        budget=None,
        wages=None,
        shared="",
        limit=None,
        seed=0,
    )
    return asyncio.run(_write(request, count))


async def _write(request: LabelRequest, count: int) -> int:
    checked = await check(request.wanted, today())
    assert checked.setup is not None
    assert checked.candidates is not None
    run = Run(checked.setup, checked.candidates, request.options, checked.intake)
    async for _ in run.decisions():
        run.stop()
    assert run.calibrated is not None
    basis = Basis(policy_digest(run.setup), run.calibrated.key)
    ledger = open_ledger(request.ledger_url, _start(run))
    try:
        written = Written(run.setup, ledger, run.calibrated.fit)
        asked = {found.key for found in ledger.each_decided()}
        first = islice(checked.candidates, count)
        rest = (candidate for candidate in first if candidate.key not in asked)
        done = 0
        while block := list(islice(rest, BLOCK)):
            await written.block(block, [basis.of(candidate) for candidate in block])
            done += len(block)
    finally:
        ledger.close()
    return done


def _start(run: Run) -> RunStart:
    task, policy = run.setup.task, run.setup.policy
    return RunStart(
        name=run.name,
        task=task.name,
        labels=orjson.dumps(task.label_names).decode(),
        task_digest=digest(task.model_dump(mode="json")),
        policy_digest=policy_digest(run.setup),
        policy=policy.model_dump_json(),
        seed=run.options.seed,
        budget=run.budget.limit,
        wages=run.wages.limit,
        version=VERSION,
    )
