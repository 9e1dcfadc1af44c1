"""Which sources of confidence are worth their price? A real local model on the demo's reviews.

    python -m benchmarks.confidence_sources --rows 300

Asks one local model about reviews with gold in every way that a tier may name, and tells
the cross-validated log loss of each source against the tokens that it took. Needs
`pip install 'stepladder[local]'` and the demo's models.
"""

from __future__ import annotations

import argparse
import asyncio
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from stepladder.annotators import Annotator
from stepladder.annotators.base import Answer
from stepladder.confidence import GoldRow, GoldTable, Wanted, agreement
from stepladder.confidence.correction import batch, contextual
from stepladder.confidence.cross_fitting import cross_fit
from stepladder.confidence.folds import Mean, grouped_mean
from stepladder.confidence.reliability import log_losses
from stepladder.confidence.vector import Vector
from stepladder.engine.content_free import content_free
from stepladder.engine.setup import set_up
from stepladder.errors import AnnotatorError
from stepladder.policy import Policy, draws_of
from stepladder.task import Task, load_task
from stepladder.task.candidates_file import CandidatesFile
from stepladder.types import (
    NO_CONFIDENCE,
    UNUSED,
    Candidate,
    Draw,
    Reason,
    Source,
    Unlabelled,
    Vote,
)

REVIEWS = Path(__file__).parents[1] / "examples" / "reviews"
FOLD_SEEDS = 5
"""Cross-fits are averaged over as many deals of the folds."""
ASKED: Mapping[Source, dict[str, Any]] = {
    Source.TOKEN_PROBABILITIES: {"source": "token_probabilities"},
    Source.STATED: {"source": "stated"},
    Source.SAMPLES: {"source": "samples", "draws": 5},
    Source.VARIANTS: {"source": "variants", "draws": 5},
}
"""What a tier says to get each source."""
LABEL_ALONE = "label alone"


@dataclass(frozen=True, slots=True)
class Heard:
    """One way to listen to the model: a vote for every row."""

    votes: tuple[Vote, ...]
    offset: Vector | None = None


def policy_for(name: str, confidence: dict[str, Any]) -> Policy:
    """The demo's policy, with this model's tier only."""
    demo = tomllib.loads((REVIEWS / "policy.toml").read_text(encoding="utf-8"))
    spec = {**demo["annotators"][name], "threads": 2, "max_output_tokens": None}
    given = {key: value for key, value in spec.items() if value is not None}
    return Policy(
        name="sources",
        annotators={name: given},
        tiers=({"name": "only", "ask": name, "confidence": confidence},),
    )


async def votes_of(
    task: Task, name: str, source: Source, candidates: Sequence[Candidate]
) -> list[Vote]:
    """One vote for every candidate, made of as many draws as the source takes."""
    policy = policy_for(name, ASKED[source])
    setup = set_up(task, policy, REVIEWS, day=datetime.now(UTC).date())
    annotator, draws = setup.annotators[name], draws_of(policy, task, name)
    await annotator.open()
    try:
        # Draw by draw: the server keeps the beginning of one prompt, not of five.
        asked = [[await _ask(annotator, one, draw) for one in candidates] for draw in draws]
    finally:
        await annotator.close()
    return [agreement(votes, source, task.label_names) for votes in zip(*asked, strict=True)]


async def _ask(annotator: Annotator, candidate: Candidate, draw: Draw) -> Vote:
    try:
        reply = await annotator.ask(candidate, draw)
    except AnnotatorError as error:
        return Vote(annotator.name, Unlabelled(Reason.ERROR, str(error)), usage=UNUSED)
    assert isinstance(reply, Answer)
    return Vote(annotator.name, reply.outcome, reply.confidence, reply.usage, variant=draw.variant)


def ways(task: Task, asked: Mapping[Source, Sequence[Vote]], rows: int) -> dict[str, Heard]:
    """Every way to listen; the votes after the rows are those on texts without content."""
    by_tokens = asked[Source.TOKEN_PROBABILITIES]
    plain, empty = tuple(by_tokens[:rows]), by_tokens[rows:]
    found = {
        LABEL_ALONE: Heard(tuple(replace(vote, confidence=NO_CONFIDENCE) for vote in plain)),
        "token probabilities": Heard(plain),
        "  … contextual": Heard(plain, contextual(task.label_names, empty)),
        "  … batch": Heard(plain, batch(task.label_names, plain, [1.0] * len(plain))),
    }
    others = (s for s in asked if s is not Source.TOKEN_PROBABILITIES)
    return found | {source.value: Heard(tuple(asked[source][:rows])) for source in others}


def losses(task: Task, name: str, heard: Heard, rows: Sequence[Candidate]) -> np.ndarray:
    """Log loss by row of fits that did not see the row's group, over several deals of folds."""
    gold = [GoldRow(row, {name: vote}) for row, vote in zip(rows, heard.votes, strict=True)]
    table = GoldTable(task.label_names, tuple(gold))
    offsets = {} if heard.offset is None else {name: heard.offset}
    found = []
    for seed in range(FOLD_SEEDS):
        wanted = Wanted(task.label_names, (name,), ((name,),), seed=seed, offsets=offsets)
        crossed = cross_fit(wanted, table)
        found.append(log_losses(crossed.pooled(frozenset([name])), table.gold))
    averaged: np.ndarray = np.mean(found, axis=0)
    return averaged


def report(task: Task, name: str, found: Mapping[str, Heard], rows: Sequence[Candidate]) -> None:
    """One line for each way to listen."""
    groups = [row.group for row in rows]
    base = losses(task, name, found[LABEL_ALONE], rows)
    print(f"\n{name}: {len(rows)} reviews")
    print(f"  {'':22}{'labels':>8}{'right':>8}{'log loss':>10}{'gain on label alone':>22}", end="")
    print(f"{'tokens':>9}{'gain / 1,000':>14}")
    for way, heard in found.items():
        loss = losses(task, name, heard, rows)
        tokens = float(np.mean([vote.usage.tokens for vote in heard.votes]))
        print(_line(way, heard, rows, loss, grouped_mean(base - loss, groups), tokens))


def _line(
    way: str, heard: Heard, rows: Sequence[Candidate], loss: np.ndarray, gain: Mean, tokens: float
) -> str:
    named = np.mean([vote.label is not None for vote in heard.votes])
    right = np.mean([v.label == row.gold for v, row in zip(heard.votes, rows, strict=True)])
    per = 1000 * gain.mean / tokens
    return (
        f"  {way:22}{named:8.1%}{right:8.1%}{loss.mean():10.4f}"
        f"{gain.mean:12.4f} ±{gain.error:.4f}{tokens:12.0f}{per:14.4f}"
    )


async def measure(names: Sequence[str], rows: int) -> None:
    """Ask and print, model by model."""
    task = load_task(REVIEWS / "task.toml")
    candidates = list(islice(CandidatesFile(REVIEWS / "reviews.csv", task), rows))
    for name in names:
        asked = {}
        for source in ASKED:
            empty = content_free(task) if source is Source.TOKEN_PROBABILITIES else ()
            asked[source] = await votes_of(task, name, source, [*candidates, *empty])
        report(task, name, ways(task, asked, len(candidates)), candidates)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--models", nargs="+", default=["gemma", "smollm2"])
    given = parser.parse_args()
    asyncio.run(measure(given.models, given.rows))


if __name__ == "__main__":
    main()
