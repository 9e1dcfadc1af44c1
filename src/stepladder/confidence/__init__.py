"""Votes to probabilities: calibration per annotator, and a log-linear pool of several."""

from stepladder.confidence.fit import Fit, GoldRow
from stepladder.confidence.fitting import fit_gold, unfitted
from stepladder.confidence.pool import pooled

__all__ = ["Fit", "GoldRow", "fit_gold", "pooled", "unfitted"]
