"""How one source of an annotator's confidence is calibrated: the simplest method that holds up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from stepladder.confidence.annotator import Calibrator, Scaled, Scaling
from stepladder.confidence.beta import fit_beta
from stepladder.confidence.dirichlet import fit_dirichlet
from stepladder.confidence.heard import Heard
from stepladder.confidence.isotonic import fit_isotonic
from stepladder.confidence.judging import holds_up_better, mean_losses, simplest_of
from stepladder.confidence.platt import fit_platt
from stepladder.confidence.scaling import CLIP, Shown
from stepladder.confidence.temperature import fit_temperature
from stepladder.types.arrays import Floats, Numbers

FitShown = Callable[[Shown], Scaling]

METHODS: Mapping[Calibrator, FitShown] = MappingProxyType(
    {
        Calibrator.TEMPERATURE: fit_temperature,
        Calibrator.PLATT: fit_platt,
        Calibrator.BETA: fit_beta,
        Calibrator.ISOTONIC: fit_isotonic,
        Calibrator.DIRICHLET: fit_dirichlet,
    }
)
"""Simplest first."""
FEW_NUMBERS = frozenset({Calibrator.TEMPERATURE, Calibrator.PLATT})
"""Methods that the few rows of a question are enough for."""
MANY_NUMBERS = frozenset({Calibrator.DIRICHLET})
"""Methods with a number for every pair of labels."""
ROWS_PER_LABEL = 10
"""Gold rows per label from which on these are tried."""


@dataclass(frozen=True, eq=False)
class BySource:
    """The choice for one source, and what it says of rows that it did not see."""

    scaled: Scaled
    held_out: Floats
    """Log-likelihoods (n x K)."""


@dataclass(frozen=True, eq=False)
class Confident:
    """The rows that one annotator showed one source of confidence for."""

    heard: Heard
    shown: Shown
    """Its raw probabilities (n x K)."""
    minimum: int
    """Rows below which a question has no fit of its own."""

    def fit(self, label: Calibrator, by_label: Floats) -> BySource:
        """The choice, against what the label alone says (n x K) by the method `label`."""
        held_out = {label: by_label} | {
            name: self._held_out(_Overall(fit)) for name, fit in METHODS.items() if self._may(name)
        }
        chosen = simplest_of(held_out, self.heard)
        losses = mean_losses(held_out, self.heard)
        detailed = self._by_question(chosen)
        if detailed:
            name = simplest_of(detailed, self.heard)
            if holds_up_better(detailed[name], held_out[chosen], self.heard):
                return BySource(self._own(name, losses), detailed[name])
        fit = None if chosen is label else METHODS[chosen]
        return BySource(_scaled(self.shown, chosen, fit, losses), held_out[chosen])

    def _by_question(self, chosen: Calibrator) -> Mapping[Calibrator, Floats]:
        """Held-out log-likelihoods by fits of each question's own; none without gold for that.

        Not only by the method chosen: one that fails on all questions together may hold up
        on each of them.
        """
        if not self.questions(np.arange(len(self.shown))):
            return {}
        names = [name for name in METHODS if name in FEW_NUMBERS or name is chosen]
        return {name: self._held_out(_ByQuestion(METHODS[name], self)) for name in names}

    def _own(self, name: Calibrator, losses: dict[Calibrator, float]) -> Scaled:
        """A fit for each question that has gold enough, beside the one for all."""
        fit, enough = METHODS[name], self.questions(np.arange(len(self.shown)))
        own = {question: fit(self.shown.at(rows)) for question, rows in enough.items()}
        return _scaled(self.shown, name, fit, losses).model_copy(update={"by_question": own})

    def _may(self, name: Calibrator) -> bool:
        """Whether there is gold enough to try a method."""
        return name not in MANY_NUMBERS or len(self.shown) >= ROWS_PER_LABEL * self.shown.labels

    def questions(self, places: Numbers) -> Mapping[str, Numbers]:
        """The questions with a fit's worth of rows among these, where there are several."""
        asked = self.heard.by_question(places)
        if len(asked) < 2:
            return {}
        table = self.heard.table
        return {
            question: rows
            for question, rows in asked.items()
            if table.at(places[rows]).effective >= self.minimum
        }

    def _held_out(self, fit: _Overall | _ByQuestion) -> Floats:
        """Log-likelihoods (n x K) by fits that did not see the row's group."""
        heard, found = self.heard, np.zeros_like(self.heard.prior)
        for learnt, held in heard.folds():
            calibrate = fit.learn(self.shown.at(learnt), learnt)
            for place in held:
                raw, question = tuple(self.shown.raw[place]), heard.table.questions[place]
                found[place] = np.log(np.maximum(CLIP, calibrate(raw, question)))
        return np.asarray(found - heard.prior, dtype=np.float64)


Calibrate = Callable[[Sequence[float], str], Sequence[float]]
"""Raw probabilities, of a vote on a question, as calibrated ones."""


@dataclass(frozen=True, slots=True)
class _Overall:
    """One fit for all questions."""

    method: FitShown

    def learn(self, shown: Shown, _: Numbers) -> Calibrate:
        scaling = self.method(shown)
        return lambda raw, _: scaling.calibrated(raw)


@dataclass(frozen=True, slots=True)
class _ByQuestion:
    """A fit for each question that has gold enough, and one for the others."""

    method: FitShown
    confident: Confident

    def learn(self, shown: Shown, places: Numbers) -> Calibrate:
        overall = self.method(shown)
        enough = self.confident.questions(places)
        own = {question: self.method(shown.at(rows)) for question, rows in enough.items()}
        return lambda raw, question: own.get(question, overall).calibrated(raw)


def _scaled(
    shown: Shown, chosen: Calibrator, fit: FitShown | None, losses: dict[Calibrator, float]
) -> Scaled:
    scaling = None if fit is None else fit(shown)
    return Scaled(rows=len(shown), calibrator=chosen, scaling=scaling, losses=losses)
