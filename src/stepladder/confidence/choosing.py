"""The simplest of several fits that grouped cross-validation does not reject.

The one-standard-error rule (Breiman et al., "Classification and Regression Trees", 1984,
section 3.4.3) on paired differences, with rows of a group counted as one draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from stepladder.confidence.folds import grouped_mean
from stepladder.types.arrays import Floats, Numbers

REJECTED_AT = 0.5
"""Standard errors by which a simpler fit may lose to the best one."""

Name = TypeVar("Name")


class Option(NamedTuple, Generic[Name]):
    """One way to fit, and how it does on rows that it was not fitted on."""

    name: Name
    losses: Floats
    """Log loss of each row (n) by a fit that did not see the row's group."""


def simplest(
    options: Sequence[Option[Name]],
    groups: Sequence[str],
    weight: Floats,
    rejected_at: float = REJECTED_AT,
) -> Option[Name]:
    """The first of the options, simplest first, that does not clearly lose to the best one."""
    means = [float(np.average(option.losses, weights=weight)) for option in options]
    best = options[int(np.argmin(means))]
    for option in options:
        worse = grouped_mean(option.losses - best.losses, groups, weight)
        if option is best or worse.mean <= rejected_at * worse.error:
            return option
    return best


def log_losses(log_probabilities: Floats, gold: Numbers) -> Floats:
    """Log loss (n) of normalised log-probabilities (n x K) against right labels (n)."""
    return np.asarray(-log_probabilities[np.arange(len(gold)), gold], dtype=np.float64)


def normalised(scores: Floats) -> Floats:
    """Scores (n x K) as log-probabilities."""
    lifted = scores - scores.max(axis=1, keepdims=True)
    whole = np.log(np.exp(lifted).sum(axis=1, keepdims=True))
    return np.asarray(lifted - whole, dtype=np.float64)
