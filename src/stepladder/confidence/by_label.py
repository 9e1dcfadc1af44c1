"""What the label alone says, when an annotator gives one: accuracy or confusion matrix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np

from stepladder.confidence.annotator import Calibrator
from stepladder.confidence.confusion import (
    Answers,
    Confusion,
    fit_accuracy,
    fit_by_question,
    fit_confusion,
)
from stepladder.confidence.heard import Heard, held_out_labels
from stepladder.confidence.judging import holds_up_better, mean_losses, simplest_of
from stepladder.types.arrays import Floats

FitLabels = Callable[[int, Answers], Confusion]

METHODS: Mapping[Calibrator, FitLabels] = MappingProxyType(
    {Calibrator.ACCURACY: fit_accuracy, Calibrator.CONFUSION: fit_confusion}
)
"""Simplest first."""


@dataclass(frozen=True, eq=False)
class ByLabel:
    """The choice for votes that only name a label."""

    calibrator: Calibrator
    confusion: Confusion
    by_question: Mapping[str, Confusion]
    """Empty where matrices of each question's own do not clearly help."""
    losses: Mapping[Calibrator, float]
    """Cross-validated log loss by method, nats per row."""
    held_out: Floats
    """Log-likelihoods (n x K) by fits that did not see the row's group."""


def fit_by_label(heard: Heard) -> ByLabel:
    """The simplest method that holds up, by question where that does clearly better."""
    labels = len(heard.table.labels)
    held_out = {name: held_out_labels(heard, partial(fit, labels)) for name, fit in METHODS.items()}
    chosen = simplest_of(held_out, heard)
    overall = METHODS[chosen](labels, heard.answers)
    detailed = _held_out_by_question(heard, METHODS[chosen])
    own: Mapping[str, Confusion] = {}
    best = held_out[chosen]
    if len(set(heard.table.questions)) > 1 and holds_up_better(detailed, best, heard):
        asked = heard.by_question(np.arange(len(heard.table)))
        own, best = fit_by_question(heard.answers, asked, overall), detailed
    return ByLabel(chosen, overall, own, mean_losses(held_out, heard), best)


def _held_out_by_question(heard: Heard, fit: FitLabels) -> Floats:
    """As `held_out_labels`, by matrices of each question's own."""
    labels = len(heard.table.labels)
    found = np.zeros_like(heard.prior)
    for learnt, held in heard.folds():
        answers = heard.answers.at(learnt)
        overall = fit(labels, answers)
        own = fit_by_question(answers, heard.by_question(learnt), overall)
        for place in held:
            confusion = own.get(heard.table.questions[place], overall)
            found[place] = confusion.likelihoods(int(heard.answers.said[place]))
    return found
