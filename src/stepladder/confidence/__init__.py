"""Votes to probabilities: calibration per annotator, and a log-linear pool of several."""

from stepladder.confidence.agreement import agreement
from stepladder.confidence.fit import Fit
from stepladder.confidence.fitting import Wanted, fit_gold, unfitted
from stepladder.confidence.gold import GoldRow, GoldTable
from stepladder.confidence.pool import pooled
from stepladder.confidence.prior import PriorColumns

__all__ = [
    "Fit",
    "GoldRow",
    "GoldTable",
    "PriorColumns",
    "Wanted",
    "agreement",
    "fit_gold",
    "pooled",
    "unfitted",
]
