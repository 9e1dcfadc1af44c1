"""What one annotator's vote says about every label, as a vector of log-likelihoods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from math import log
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from stepladder.confidence.beta import Beta
from stepladder.confidence.confusion import Confusion, assumed
from stepladder.confidence.correction import corrected
from stepladder.confidence.dirichlet import Dirichlet
from stepladder.confidence.isotonic import Isotonic
from stepladder.confidence.platt import Platt
from stepladder.confidence.reading import raw_probabilities
from stepladder.confidence.scaling import CLIP
from stepladder.confidence.temperature import Temperature
from stepladder.confidence.vector import Vector
from stepladder.types import Labelled, Source, Vote

Scaling = Annotated[Temperature | Platt | Beta | Isotonic | Dirichlet, Field(discriminator="kind")]
"""A fitted map from raw probabilities to calibrated ones."""


EDGE = 1e-6
"""By which the label that was named is more probable than another one, at least."""


class Calibrator(StrEnum):
    """How a vote became a probability, simplest first."""

    ACCURACY = "accuracy"
    """The label, at the annotator's share of right answers."""
    TEMPERATURE = "temperature"
    PLATT = "Platt"
    CONFUSION = "confusion matrix"
    """The label, at how often it is said when each label is right."""
    BETA = "beta"
    ISOTONIC = "isotonic"
    DIRICHLET = "Dirichlet"
    NONE = "uncalibrated"


class Untrusted(StrEnum):
    """Why an annotator is not calibrated."""

    TOO_FEW = "too few rows of gold"
    ONE_GROUP = "all gold is of one group, so none can be held out"
    FEW_GROUPS = "too few groups of gold to hold some out"
    ONE_LABEL = "all gold has the same label, or all but that of one group"


class Scaled(BaseModel):
    """What gold taught about one source of confidence of one annotator."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    rows: int
    """Rows of gold that it was learnt from."""
    calibrator: Calibrator
    """The method in use."""
    scaling: Scaling | None
    """None where the label alone does as well, so that the confidence is not used."""
    by_question: dict[str, Scaling] = {}
    """For questions with a fit of their own; empty where that does not help."""
    losses: dict[Calibrator, float]
    """Cross-validated log loss by method, nats per row."""


class Bare(BaseModel):
    """What gold taught about votes without usable confidence, where other votes have some.

    Which votes have none is not random: their labels are right more or less often than others.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    confusion: Confusion
    """Learnt from such votes alone; from all votes where those are too few."""
    trusted: bool
    """Whether they were enough."""


class AnnotatorFit(BaseModel):
    """What gold taught about one annotator; without enough gold, what is assumed."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    rows: int
    """Rows of gold that the annotator answered with a label."""
    worth: float
    """How many rows of equal weight they are worth: fewer where chances to be drawn differ."""
    untrusted: Untrusted | None
    """Why it is not calibrated; None when it is."""
    calibrator: Calibrator
    """The method for votes whose confidence is not used: accuracy or confusion matrix."""
    confusion: Confusion
    """For votes that only name a label."""
    confusion_by_question: dict[str, Confusion] = {}
    """For questions with a matrix of their own; empty where that does not help."""
    losses: dict[Calibrator, float] = {}
    """Cross-validated log loss of votes that only name a label, nats per row."""
    sources: dict[Source, Scaled] = {}
    """By source of confidence: sources are never mixed."""
    bare: Bare | None = None
    """For votes that have none of these sources; None where there are no sources."""
    offset: Vector | None = None
    """What is taken out of token log-probabilities beforehand; None for nothing."""

    @property
    def calibrated(self) -> bool:
        """Whether gold was enough to be trusted."""
        return self.untrusted is None

    @classmethod
    def untaught(
        cls,
        labels: int,
        offset: Vector | None,
        why: Untrusted = Untrusted.TOO_FEW,
        rows: int = 0,
        worth: float = 0.0,
    ) -> AnnotatorFit:
        """What is assumed of anybody, for so many labels, and why nothing else is known."""
        return cls(
            rows=rows,
            worth=worth,
            untrusted=why,
            calibrator=Calibrator.NONE,
            confusion=assumed(labels),
            offset=offset,
        )

    def vector(
        self, vote: Vote, labels: Sequence[str], log_prior: Vector, question: str
    ) -> Vector | None:
        """Log-likelihood of the vote under each label; None for a vote without a label.

        Probabilities p(label | vote) become likelihoods by taking the prior out,
        so that pooling this vote alone with weight 1 gives p back.
        """
        if not isinstance(vote.outcome, Labelled):
            return None
        place = labels.index(vote.outcome.label)
        shown = self._probabilities(vote, labels, question)
        if shown is None:
            return self._by_label(vote, labels, question).likelihoods(place)
        if not self.calibrated and vote.confidence.source is not Source.TOKEN_PROBABILITIES:
            shown = _for_the_label(shown, place)
        return tuple(log(max(CLIP, p)) - prior for p, prior in zip(shown, log_prior, strict=True))

    def knows(self, vote: Vote, labels: Sequence[str]) -> bool:
        """Whether gold taught about votes like this one."""
        if not self.calibrated:
            return False
        return self.bare is None or self.bare.trusted or self._usable(vote, labels)

    def _usable(self, vote: Vote, labels: Sequence[str]) -> bool:
        """Whether the vote's confidence is of a source that gold taught about."""
        return vote.confidence.source in self.sources and self.raw(vote, labels) is not None

    def _by_label(self, vote: Vote, labels: Sequence[str], question: str) -> Confusion:
        if self.bare is not None and not self._usable(vote, labels):
            return self.bare.confusion
        return self.confusion_by_question.get(question, self.confusion)

    def _probabilities(
        self, vote: Vote, labels: Sequence[str], question: str
    ) -> Sequence[float] | None:
        """Calibrated, or raw before any gold; None where the label alone is all one knows."""
        source = vote.confidence.source
        if source is Source.NONE:
            return None
        scaled = self.sources.get(source)
        if self.calibrated and (scaled is None or scaled.scaling is None):
            return None
        raw = self.raw(vote, labels)
        if raw is None or scaled is None or scaled.scaling is None:
            return raw
        return scaled.by_question.get(question, scaled.scaling).calibrated(raw)

    def raw(self, vote: Vote, labels: Sequence[str]) -> Vector | None:
        """Raw probabilities by label, with what the model prefers anyway taken out."""
        raw = raw_probabilities(vote, labels)
        if raw is None or self.offset is None:
            return raw
        if vote.confidence.source is not Source.TOKEN_PROBABILITIES:
            return raw
        return corrected(raw, self.offset)

    def calibrator_of(self, source: Source) -> Calibrator:
        """The method in use for votes of a source, for reports."""
        if not self.calibrated:
            return Calibrator.NONE
        scaled = self.sources.get(source)
        if scaled is None or scaled.scaling is None:
            return self.calibrator
        return scaled.calibrator

    @property
    def main_source(self) -> Source:
        """The source that most of the gold rows' votes had, as far as it is calibrated."""
        most: Mapping[Source, int] = {source: one.rows for source, one in self.sources.items()}
        return max(most, key=lambda source: most[source], default=Source.NONE)


def _for_the_label(shown: Sequence[float], place: int) -> Vector:
    """Probabilities of which none is above the one of the label at that place.

    Who names a label and says to be 20 % sure knows little, but names no other; of labels
    that were drawn equally often the vote is for the one drawn first.
    """
    rival = max((p for k, p in enumerate(shown) if k != place), default=0.0)
    if shown[place] > rival:
        return tuple(shown)
    lifted = [rival + EDGE if k == place else p for k, p in enumerate(shown)]
    whole = sum(lifted)
    return tuple(p / whole for p in lifted)
