"""What a calibration by hand came to, for everything that shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stepladder.cli.preparing import Ready
from stepladder.confidence.annotator import AnnotatorFit
from stepladder.confidence.source_figures import SourceFigures
from stepladder.engine import Run
from stepladder.engine.examining import Examined
from stepladder.engine.trust import Trusted, trusted
from stepladder.ledger.fit_versions import FitVersion
from stepladder.policy import Correction, correction_of
from stepladder.types import Source, Usd


@dataclass(frozen=True, slots=True)
class Calibration:
    """A judged fit, with where it belongs."""

    task: str
    policy: str
    run: str
    gold: int
    """Candidates with gold."""
    rows: int
    """Those of them that calibrated."""
    worth: float
    """How many rows of equal weight these are worth."""
    minimum: int
    """Rows of gold below which nothing is trusted."""
    corrections: Mapping[str, Correction]
    """By annotator: what is taken out of its token probabilities."""
    examined: Examined
    trusted: Trusted
    versions: Sequence[FitVersion]
    """Of the run's fits, oldest first; this one is among them."""
    spent: Usd
    """By the run over all its starts, wages left out."""
    budget: Usd

    @classmethod
    def of(
        cls, run: Run, ready: Ready, examined: Examined, versions: Sequence[FitVersion]
    ) -> Calibration:
        """After the run has ended."""
        policy = ready.setup.policy
        return cls(
            task=ready.setup.task.name,
            policy=policy.name,
            run=run.name,
            gold=ready.intake.gold if ready.intake else 0,
            rows=examined.fit.rows,
            worth=ready.intake.worth if ready.intake else 0.0,
            minimum=policy.calibration.minimum,
            corrections={name: correction_of(policy, name) for name in policy.machines},
            examined=examined,
            trusted=trusted(examined.calibrated),
            versions=versions,
            spent=run.budget.spent,
            budget=run.limits.usd,
        )

    @property
    def version(self) -> FitVersion:
        """Which of the versions this fit is."""
        return next(one for one in self.versions if one.key == self.examined.calibrated.key)

    def fit_of(self, source: SourceFigures) -> AnnotatorFit:
        """What gold taught about the annotator of a source."""
        return self.examined.fit.annotators[source.annotator]

    def corrected(self, source: SourceFigures) -> bool:
        """Whether anything is taken out of it: where too few answers tell what, nothing is."""
        by_tokens = source.source is Source.TOKEN_PROBABILITIES
        return by_tokens and self.fit_of(source).offset is not None

    def source_name(self, source: SourceFigures) -> str:
        """How people call it: a corrected source is one of its own."""
        if source.source is Source.NONE:
            return "label alone"
        name = source.source.value.replace("_", " ")
        correction = self.corrections[source.annotator]
        if source.source is not Source.TOKEN_PROBABILITIES or correction is Correction.NONE:
            return name
        applied = "" if self.corrected(source) else ": not applied"
        return f"{name} ({correction.value}{applied})"
