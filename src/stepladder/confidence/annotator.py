"""What one annotator's vote says about every label, as a vector of log-likelihoods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from math import log

from pydantic import BaseModel, ConfigDict

from stepladder.confidence.confusion import Confusion, fit_confusion
from stepladder.confidence.dirichlet import ROWS_PER_LABEL, Dirichlet, fit_dirichlet
from stepladder.confidence.platt import CLIP, Platt, fit_platt
from stepladder.confidence.reading import raw_probabilities
from stepladder.confidence.vector import Vector
from stepladder.types import Labelled, Source, Vote


class Calibrator(StrEnum):
    """How an annotator's confidence became a probability."""

    DIRICHLET = "Dirichlet"
    PLATT = "Platt"
    CONFUSION = "confusion matrix"
    NONE = "uncalibrated"


class AnnotatorFit(BaseModel):
    """What gold taught about one annotator; without enough gold, what is assumed."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    rows: int
    """Rows of gold that the annotator answered with a label."""
    calibrated: bool
    """Whether those rows were enough to be trusted."""
    source: Source
    """Whose confidence the scaling is for: sources are never mixed."""
    scaling: Dirichlet | Platt | None
    """For votes with that confidence; None when too few rows had it."""
    confusion: Confusion
    """For votes that only name a label."""

    @property
    def calibrator(self) -> Calibrator:
        """The method in use, for reports."""
        if not self.calibrated:
            return Calibrator.NONE
        match self.scaling:
            case Dirichlet():
                return Calibrator.DIRICHLET
            case Platt():
                return Calibrator.PLATT
            case None:
                return Calibrator.CONFUSION

    def vector(self, vote: Vote, labels: Sequence[str], log_prior: Vector) -> Vector | None:
        """Log-likelihood of the vote under each label; None for a vote without a label.

        Probabilities p(label | vote) become likelihoods by taking the prior out,
        so that pooling this vote alone with weight 1 gives p back.
        """
        if not isinstance(vote.outcome, Labelled):
            return None
        shown = self._probabilities(vote, labels)
        if shown is None:
            return self.confusion.likelihoods(labels.index(vote.outcome.label))
        return tuple(log(max(CLIP, p)) - prior for p, prior in zip(shown, log_prior, strict=True))

    def _probabilities(self, vote: Vote, labels: Sequence[str]) -> Sequence[float] | None:
        """Calibrated, or raw before any gold; None where the confusion matrix knows more."""
        raw = raw_probabilities(vote, labels)
        if raw is None or not self.calibrated:
            return raw
        if self.scaling is None or vote.confidence.source is not self.source:
            return None
        return self.scaling.calibrated(raw)


def fit_annotator(
    labels: Sequence[str], votes: Sequence[Vote], gold: Sequence[str], minimum: int
) -> AnnotatorFit:
    """The fit for one annotator from its votes (n) and their gold (n)."""
    pairs = [(v, g) for v, g in zip(votes, gold, strict=True) if v.label is not None]
    enough = len(pairs) >= minimum
    counted = pairs if enough else []
    source = _main_source([v for v, _ in counted])
    sure = [
        (raw, g)
        for v, g in counted
        if v.confidence.source is source and (raw := raw_probabilities(v, labels)) is not None
    ]
    return AnnotatorFit(
        rows=len(pairs),
        calibrated=enough,
        source=source,
        scaling=_fit_scaling(labels, sure, minimum),
        confusion=fit_confusion(
            labels, [v.label or "" for v, _ in counted], [g for _, g in counted]
        ),
    )


def _main_source(votes: Sequence[Vote]) -> Source:
    """The source that most votes have."""
    counted = Counter(vote.confidence.source for vote in votes)
    return counted.most_common(1)[0][0] if counted else Source.NONE


def _fit_scaling(
    labels: Sequence[str], rows: Sequence[tuple[Sequence[float], str]], minimum: int
) -> Dirichlet | Platt | None:
    """The richest scaling that so many rows of raw probabilities and gold can carry."""
    if len(rows) < minimum:
        return None
    fit = fit_dirichlet if len(rows) >= ROWS_PER_LABEL * len(labels) else fit_platt
    raw = [dict(zip(labels, row, strict=True)) for row, _ in rows]
    return fit(labels, raw, [gold for _, gold in rows])
