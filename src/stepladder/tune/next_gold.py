"""Whom to give gold to next, so that a promise about all rows leaves people the least work.

Rows that people will be asked about anyway cost nothing more if they are asked at once, and teach.
So a little gold, the pilot, shows roughly how sure machines have to be; what lies below goes to
people, and of what is left some random rows test. The test alone carries the promise: the pilot
and the least sure rows may be chosen in any way, as long as they do not test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from stepladder.confidence.many import ManyVotes
from stepladder.errors import UserError
from stepladder.routing.lot import lot_of
from stepladder.simulate.casting import cast
from stepladder.simulate.replay import Player, Row
from stepladder.tune.material import Material
from stepladder.types import Candidate, CandidateKey
from stepladder.types.arrays import Flags, Floats, Numbers

MOST_FREE = 0.3
"""Share of all rows that people are asked about at once, at most."""
SURELY = 0.5
"""Part that is asked about at once of what people would get, going by the pilot."""
TIES = 1e-9
"""What a lot adds to a probability, so that no two rows are alike."""
BLOCK = 4096
"""Rows whose votes are in memory at once."""


@dataclass(frozen=True, slots=True)
class NextGold:
    """Candidates to ask people about."""

    free: Sequence[Candidate]
    """The least sure ones: people would get them anyway, and they teach."""
    test: Sequence[Candidate]
    """Random ones of the others, with the chance of their draw: they will test."""
    left: int
    """How many the others are."""


def next_gold(material: Material, error: float, rows: int) -> NextGold:
    """With so many rows that will test; raises UserError where that cannot be.

    `error` is the share of wrong labels among all rows that is going to be promised, 0 to 1.
    """
    _check(material)
    known = material.teaching
    sure = _scores(material, [Row(one.row.candidate, one.row.votes) for one in known])
    bench = material.bench
    wrong = bench.posteriors[-1].argmax(axis=1) != bench.table.gold
    keys, others = _without_gold(material)
    free = least_sure(sure, wrong, others, error)[: int(MOST_FREE * (len(known) + len(others)))]
    left = np.setdiff1d(np.arange(len(others)), free)
    if rows >= len(left):
        raise UserError(
            f"--rows {rows:,}: people would get {len(free):,} of {len(others):,} rows without gold "
            f"anyway, and only {len(left):,} are left to draw from; ask for fewer"
        )
    chance = np.random.default_rng(material.wish.seed)
    drawn = chance.choice(left, size=rows, replace=False)
    share = rows / len(left)
    chosen = {keys[n]: None for n in free.tolist()} | {keys[n]: share for n in drawn.tolist()}
    found = [
        replace(one.candidate, sampled=chosen[one.candidate.key])
        for one in material.recording
        if one.candidate.key in chosen
    ]
    return NextGold(
        [one for one in found if one.sampled is None],
        [one for one in found if one.sampled is not None],
        len(left),
    )


def least_sure(sure: Floats, wrong: Flags, others: Floats, error: float) -> Numbers:
    """Places among the others (m) that people will get, going by the pilot (n).

    Their numbers, the least sure first. People get what lies below the pilot's first wrong row
    too many; a pilot is small, so that the surer half of that may turn out to be machines' work.
    """
    bad = np.sort(sure[wrong])[::-1]
    most = int(error * len(sure))
    if most >= len(bad):
        return np.zeros(0, dtype=np.int64)
    ranked = np.argsort(others)
    below = ranked[others[ranked] <= bad[most]]
    return np.asarray(below[: int(SURELY * len(below))], dtype=np.int64)


def _check(material: Material) -> None:
    if not material.gold.single:
        raise UserError(
            "rows of a group share their fate, so that some of them cannot be put aside; "
            "`next-gold` is for candidates that are groups of their own"
        )
    if material.few_without_gold:
        raise UserError("the recording has hardly any rows without gold, and those are asked about")
    if material.gold.rest_kept_local:
        raise UserError(
            f"not everybody may see {material.gold.rest_kept_local:,} rows without gold, so that "
            "nothing can be promised of all; leave them out, or tune local ones by --annotators"
        )


def _without_gold(material: Material) -> tuple[Sequence[CandidateKey], Floats]:
    """Who has none, and how sure the pooled machines are of each (m).

    Raises UserError where one lacks a vote: it could not be drawn, and is promised about too.
    """
    base, recording = material.base, material.recording
    speakers = cast(base, recording.contents.annotators)
    player = Player(base, recording.task.label_names, speakers)
    waiting = (
        row
        for recorded in recording
        if recorded.candidate.gold is None and (row := player.row(recorded)) is not None
    )
    keys: list[CandidateKey] = []
    found = [np.zeros(0)]
    while block := list(islice(waiting, BLOCK)):
        keys += [row.candidate.key for row in block]
        found.append(_scores(material, block))
    everybody = material.gold.rest_rows + material.gold.beside_gold
    if len(keys) < everybody:
        raise UserError(
            f"{everybody - len(keys):,} of {everybody:,} rows without gold lack a vote of "
            "somebody; `record` those too, leave them out of the recording, or leave out that "
            "somebody by --annotators"
        )
    return keys, np.concatenate(found)


def _scores(material: Material, rows: Sequence[Row]) -> Floats:
    """The probability of each row's pooled label (n), ties broken by lots."""
    names, candidates = material.bench.names, [row.candidate for row in rows]
    votes = {name: [row.votes.get(name) for row in rows] for name in names}
    heard = ManyVotes(material.bench.every.fit, candidates, votes)
    sure = np.nan_to_num(heard.posteriors(names)).max(axis=1)
    return np.asarray(sure + TIES * np.array([lot_of(one.key) for one in candidates]))
