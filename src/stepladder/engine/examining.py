"""How far a calibration can be trusted, judged on gold that its fits did not see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stepladder.confidence import Fit, GoldRow, GoldTable
from stepladder.confidence.annotator import Untrusted
from stepladder.confidence.comparison import Compared, compare
from stepladder.confidence.cross_fitting import CrossFitted, cross_fit, problem_of, problem_with
from stepladder.confidence.figures import Figures, figures_of
from stepladder.confidence.source_figures import SourceFigures, source_figures
from stepladder.engine.calibrating import Calibrated
from stepladder.engine.setup import Setup
from stepladder.engine.teaching import to_learn
from stepladder.types import Candidate


@dataclass(frozen=True, slots=True)
class Examined:
    """Figures of a fit; without enough gold only those of raw confidence."""

    calibrated: Calibrated
    problem: Untrusted | None
    """Why nothing could be held out; None when it could."""
    sources: Sequence[SourceFigures]
    """By annotator and source of confidence."""
    sets: Mapping[tuple[str, ...], Figures]
    """Of the pool of each set of annotators (sorted) that the route can produce."""
    comparison: Sequence[Compared]
    """The pool of everybody beside other ways to aggregate; empty for a single annotator."""
    unanswered: Mapping[str, int]
    """By annotator: calibration rows that it did not give a label to."""

    @property
    def fit(self) -> Fit:
        """What is judged."""
        return self.calibrated.fit


def examine(
    setup: Setup, calibrated: Calibrated, candidates: Sequence[Candidate], seed: int
) -> Examined:
    """Judge a fit by others like it, made without a fifth of the calibration candidates each."""
    gold = tuple(GoldRow(one, calibrated.rows[one.key]) for one in candidates)
    table = GoldTable(tuple(setup.task.label_names), gold)
    wanted = to_learn(setup.task, setup.policy, gold, calibrated.content_free, seed)
    problem = problem_with(table, wanted.minimum)
    crossed = None if problem else cross_fit(wanted, table)
    if crossed is not None and (problem := problem_of(crossed, calibrated.fit)) is not None:
        crossed = None
    return Examined(
        calibrated=calibrated,
        problem=problem,
        sources=source_figures(calibrated.fit, table, crossed),
        sets={} if crossed is None else _sets(crossed, wanted.sets),
        comparison=compare(crossed) if crossed and len(wanted.annotators) > 1 else (),
        unanswered={name: _silent(name, gold) for name in wanted.annotators},
    )


def _sets(
    crossed: CrossFitted, sets: Sequence[tuple[str, ...]]
) -> Mapping[tuple[str, ...], Figures]:
    return {
        tuple(sorted(names)): figures_of(crossed.pooled(frozenset(names)), crossed.table)
        for names in sets
    }


def _silent(name: str, gold: Sequence[GoldRow]) -> int:
    return sum(name not in row.votes or row.votes[name].label is None for row in gold)
