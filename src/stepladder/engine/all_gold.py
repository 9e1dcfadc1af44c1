"""All gold for calibration, for whoever wants figures rather than a measure of accuracy."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from stepladder.engine.estimate import Estimator
from stepladder.engine.intake import Intake, candidates_at, look_through
from stepladder.engine.setup import Setup
from stepladder.policy import Policy
from stepladder.task.candidates_file import CandidatesFile


def all_gold(setup: Setup, candidates: CandidatesFile, seed: int) -> Intake:
    """A look through the candidates in which every row of gold calibrates, and its price.

    It has no key: a run that labels chooses its own share.
    """
    estimator = Estimator(setup)
    intake = look_through(candidates, _sharing_all(setup.policy), seed, [estimator.see])
    rows = candidates_at(candidates, intake.calibration)
    price = estimator.estimate(intake.calibration, rows)
    return replace(intake, gold_warnings=(), estimate=price)


def _sharing_all(policy: Policy) -> Policy:
    whole = {"share": Decimal(1), "rows": 2**63}
    return policy.model_copy(update={"calibration": policy.calibration.model_copy(update=whole)})
