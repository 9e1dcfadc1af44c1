"""Putting gold to every machine on the ladder, and fitting what it teaches."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from stepladder.confidence import Fit, GoldRow, Wanted, fit_gold
from stepladder.confidence.fitting import FORMAT
from stepladder.digest import digest
from stepladder.engine.call import Call
from stepladder.engine.climber import Climber
from stepladder.engine.content_free import ask_content_free
from stepladder.engine.down_before import down_before
from stepladder.engine.frozen import Frozen
from stepladder.engine.hands import MoveOn, work_off
from stepladder.engine.off_ladder import draws_off_ladder
from stepladder.engine.replay import Work, work_through
from stepladder.engine.reusing import GOLD_ROUTE
from stepladder.engine.rewording import Reworded, other_meanings
from stepladder.engine.teaching import to_learn
from stepladder.policy import Policy, correction_of
from stepladder.types import UNUSED, Candidate, CandidateKey, Decision, Status, Vote, total


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The fit of a run, and the gold rows it has seen."""

    fit: Fit
    key: str
    """Under which the ledger keeps the fit."""
    rows: Mapping[CandidateKey, Mapping[str, Vote]]
    """Every calibration candidate with its votes by annotator."""
    content_free: Mapping[str, Sequence[Vote]]
    """By annotator, what it said of texts without content, where its tier is corrected by that."""
    reworded: Sequence[Reworded]
    """Wordings that do not mean the same, where a tier takes variants."""

    def decision(self, row: Candidate) -> Decision:
        """That a calibration candidate's label is its gold."""
        votes = tuple(self.rows[row.key].values())
        return Decision(
            key=row.key,
            status=Status.LABELLED,
            label=row.gold,
            posterior=self.fit.posterior(votes, row),
            calibrated=self.fit.calibrated(votes),
            route=GOLD_ROUTE,
            cost=total(vote.cost for vote in votes),
            usage=sum((vote.usage for vote in votes), UNUSED),
            reason="gold, used for calibration",
        )


def calibrated_before(frozen: Frozen) -> Calibrated:
    """By a fit that was made before: nobody is asked."""
    return Calibrated(frozen.fit, digest(frozen.written().decode()), {}, {}, ())


async def calibrate(climber: Climber, rows: Sequence[Candidate], seed: int) -> Calibrated:
    """Ask every machine about every row, and fit; an earlier start's fit of these rows is kept."""
    drawn = await _ask_all(climber, await _known(climber, rows))
    votes = {key: climber.staff.votes_of(given) for key, given in drawn.items()}
    reworded = other_meanings(climber.staff, rows, drawn)
    content_free = await ask_content_free(climber)
    gold = [GoldRow(row, votes[row.key]) for row in rows]
    wanted = to_learn(climber.staff.task, climber.staff.policy, gold, content_free, seed)
    key = _fit_key(climber.staff.policy, rows, votes, content_free, wanted)
    stored = await climber.ledger.fit(key)
    if stored is not None:
        fit = Fit.model_validate_json(stored.body)
        return Calibrated(fit, key, votes, content_free, reworded)
    # In a thread: it takes seconds, and Ctrl-C is to be heard meanwhile.
    fit = await asyncio.to_thread(fit_gold, wanted, gold)
    await climber.ledger.add_fit(
        key, fit.model_dump_json(), orjson.dumps([tuple(row.key) for row in rows]).decode()
    )
    return Calibrated(fit, key, votes, content_free, reworded)


def _fit_key(
    policy: Policy,
    rows: Sequence[Candidate],
    votes: Mapping[CandidateKey, Mapping[str, Vote]],
    content_free: Mapping[str, Sequence[Vote]],
    wanted: Wanted,
) -> str:
    """Digest of what the fit is made from: rows, gold, votes and settings."""
    seen = [
        [
            *row.key,
            *(row.gold, row.group, row.sampled, dict(row.columns)),
            *([v.key, v.label, _shown(v)] for v in votes[row.key].values()),
        ]
        for row in rows
    ]
    empty = [
        [vote.key, vote.label, _shown(vote)] for said in content_free.values() for vote in said
    ]
    corrections = {name: correction_of(policy, name).value for name in policy.machines}
    settings = [wanted.sets, wanted.minimum, wanted.columns, corrections, wanted.seed]
    return digest([FORMAT, seen, empty, *settings])


def _shown(vote: Vote) -> list[object]:
    """Its raw confidence."""
    return [vote.confidence.source.value, dict(vote.confidence.by_label)]


async def _known(climber: Climber, rows: Sequence[Candidate]) -> list[Work]:
    """The rows with what is known of them; raises LedgerError when the ledger cannot be read."""
    ledger, staff = climber.ledger, climber.staff
    known = [await one.read() for one in work_through(rows, ledger, staff, climber.brake)]
    if not await ledger.has_fit():
        return known
    again = down_before(staff, known)
    return [work.without_failures_of(again) for work in known]


async def _ask_all(
    climber: Climber, rows: Sequence[Work]
) -> dict[CandidateKey, Mapping[Call, Vote]]:
    """The draws of every machine that may see each row; raises Interrupted when stopped."""
    drawn: dict[CandidateKey, Mapping[Call, Vote]] = {}

    async def ask(work: Work, _: MoveOn) -> None:
        seeing = [n for n in policy.machines if climber.staff.allowed(n, work.candidate)]
        drawn[work.candidate.key] = await draws_off_ladder(climber, work, seeing)

    policy = climber.staff.policy
    hands = max((policy.annotators[name].concurrency for name in policy.machines), default=1)
    await work_off(iter(rows), ask, hands, climber.brake)
    climber.brake.check()
    return drawn
