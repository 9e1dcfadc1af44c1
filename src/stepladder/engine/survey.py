"""Everything that is to be known of the candidates before a run, found in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stepladder.engine.check_candidates import Look
from stepladder.engine.check_gold import GoldLook
from stepladder.engine.estimate import Estimator
from stepladder.engine.findings import Findings, Weight
from stepladder.engine.intake import Intake, Observer, candidates_at, look_through
from stepladder.engine.setup import Setup
from stepladder.task.candidates_file import CandidatesFile


def survey(
    setup: Setup,
    candidates: CandidatesFile,
    seed: int,
    findings: Findings,
    observers: Sequence[Observer] = (),
    *,
    priced: bool,
) -> Intake:
    """Check every candidate, and add up their price if it is wanted.

    What stops the run goes to `findings`. Raises TableError for a row that cannot be read.
    """
    look, gold, estimator = Look.by(setup), GoldLook(setup.task), Estimator(setup)
    watching = [look.at, gold.at, *([estimator.see] if priced else []), *observers]
    intake = look_through(candidates, setup.policy, seed, watching)
    found = Findings()
    look.report(str(candidates.path), found)
    for finding in found.errors:
        findings.error(finding.message)
    intake = replace(
        intake,
        warnings=tuple(one.message for one in found.all if one.weight is Weight.WARNING),
        gold_warnings=(*gold.contradictions(), *intake.gold_warnings),
        gold_gaps=gold.gaps(),
    )
    if not priced:
        return intake
    rows = candidates_at(candidates, intake.calibration)
    price = estimator.estimate(intake.calibration, rows)
    return replace(intake, estimate=price)
