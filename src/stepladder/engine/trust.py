"""How far a run's votes became probabilities, in figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from json import loads

from stepladder.confidence import Fit
from stepladder.confidence.annotator import AnnotatorFit, Calibrator, Untrusted
from stepladder.confidence.combining import Pool
from stepladder.confidence.ways import TEXT
from stepladder.engine.calibrating import Calibrated
from stepladder.engine.rewording import Reworded
from stepladder.types import Source

SEVERAL = 2
"""Calibrated annotators without which there is nothing to share a weight."""


@dataclass(frozen=True, slots=True)
class Trust:
    """How one source of confidence of one annotator became a probability."""

    annotator: str
    source: Source
    """Where its confidence came from; `none` for votes that only name a label."""
    calibrator: Calibrator
    rows: int
    """Rows of gold that it answered with a label."""
    worth: float
    """How many rows of equal weight all its rows are worth."""
    untrusted: Untrusted | None
    """Why it is not calibrated; None when it is."""
    by_question: bool
    """Whether some questions have a fit of their own."""


@dataclass(frozen=True, slots=True)
class Pooling:
    """How the votes of one set of annotators are pooled."""

    annotators: Sequence[str]
    pool: Pool

    @property
    def text_tried(self) -> bool:
        """Whether the candidate's columns and text were tried at all."""
        return any(one.way.endswith(f", {TEXT}") for one in self.pool.tried)


@dataclass(frozen=True, slots=True)
class Shared:
    """How the votes of any set without a pool of its own are pooled: one failed, one came late."""

    factor: float
    """Each of m votes weighs this over sqrt(m); a single one weighs 1."""
    question: float
    """Weight of what the question says; 0 where that does not help."""
    text: float
    """Weight of what the candidate's columns and text say; 0 where that does not help."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """All of it."""

    version: str
    """The fit's name in the ledger: another gold, another version."""
    rows: int
    """Rows of gold that calibrated."""
    annotators: Sequence[Trust]
    """Machines only, by annotator and source."""
    pools: Sequence[Pooling]
    shared: Shared | None
    """For every other set; None when fewer than two annotators are calibrated."""
    unseen: Sequence[str]
    """Labels that no row of gold has."""
    reworded: Sequence[Reworded]
    """Wordings of a vote under variants that do not mean the same as the task's own."""

    @property
    def calibrated(self) -> bool:
        """Whether any annotator is calibrated."""
        return any(one.untrusted is None for one in self.annotators)


def trusted(calibrated: Calibrated) -> Trusted:
    """What a run's fit rests on."""
    fit = calibrated.fit
    return Trusted(
        version=calibrated.key[:12],
        rows=fit.rows,
        annotators=[one for name, found in fit.annotators.items() for one in _of(name, found)],
        pools=[Pooling(tuple(loads(names)), pool) for names, pool in fit.pools.items()],
        shared=_shared(fit),
        unseen=fit.unseen,
        reworded=calibrated.reworded,
    )


def _shared(fit: Fit) -> Shared | None:
    if sum(one.calibrated for one in fit.annotators.values()) < SEVERAL:
        return None
    return Shared(fit.shared, fit.shared_question, fit.shared_text)


def _of(name: str, fit: AnnotatorFit) -> Iterator[Trust]:
    for source in fit.sources or (Source.NONE,):
        scaled = fit.sources.get(source)
        used = scaled is not None and scaled.scaling is not None
        yield Trust(
            annotator=name,
            source=source,
            calibrator=fit.calibrator_of(source),
            rows=fit.rows if scaled is None else scaled.rows,
            worth=fit.worth,
            untrusted=fit.untrusted,
            by_question=bool(scaled.by_question if scaled and used else fit.confusion_by_question),
        )
