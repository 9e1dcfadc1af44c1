"""Making an annotator's fit from gold: by its labels, and by each source of its confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stepladder.confidence.annotator import AnnotatorFit, Bare, Scaled, Untrusted
from stepladder.confidence.by_label import ByLabel, fit_by_label
from stepladder.confidence.by_source import Confident
from stepladder.confidence.gold import GoldTable
from stepladder.confidence.heard import Heard, Split, heard_of
from stepladder.confidence.scaling import Shown
from stepladder.confidence.vector import Vector
from stepladder.types import Source
from stepladder.types.arrays import Floats, Numbers


@dataclass(frozen=True, eq=False)
class Fitted:
    """An annotator's fit, and what fits like it say of rows that they did not see."""

    fit: AnnotatorFit
    held_out: Floats
    """Log-likelihoods by gold row and label (n x K); NaN where it gave no label."""


def fit_annotator(name: str, split: Split, minimum: int, offset: Vector | None = None) -> Fitted:
    """The fit for one annotator from the votes and the gold of a table's rows (n).

    With fewer than `minimum` labelled rows, of one group or one label only, it is not
    trusted, and the fit is what is assumed of anybody.
    """
    told = heard_of(name, split)
    held_out = np.full(split.prior.shape, np.nan)
    problem = _untrusted(told.heard, minimum)
    if problem is not None:
        table = told.heard.table
        rows, worth = len(table), table.effective
        fit = AnnotatorFit.untaught(len(table.labels), offset, problem, rows, worth)
        return Fitted(fit, held_out)
    fit, held_out[told.places] = _trusted(told.heard, minimum, offset)
    return Fitted(fit, held_out)


def untrusted(table: GoldTable, minimum: int, learnt: Sequence[Numbers]) -> Untrusted | None:
    """Why so much gold cannot calibrate; None when it can.

    `learnt` are the places that each fit learns from: they have to be of two labels.
    """
    if table.effective < minimum:
        return Untrusted.TOO_FEW
    if len(set(table.groups)) < 2:
        return Untrusted.ONE_GROUP
    few = any(len(set(table.gold[places].tolist())) < 2 for places in learnt)
    return Untrusted.ONE_LABEL if few else None


def _untrusted(heard: Heard, minimum: int) -> Untrusted | None:
    """Also what is left when a fold is held out has to suffice."""
    return untrusted(heard.table, minimum, [learnt for learnt, _ in heard.folds()])


def _trusted(heard: Heard, minimum: int, offset: Vector | None) -> tuple[AnnotatorFit, Floats]:
    by_label = fit_by_label(heard)
    fit = AnnotatorFit(
        rows=len(heard.table),
        worth=heard.table.effective,
        untrusted=None,
        calibrator=by_label.calibrator,
        confusion=by_label.confusion,
        confusion_by_question=dict(by_label.by_question),
        losses=dict(by_label.losses),
        offset=offset,
    )
    likelihoods, scaled = by_label.held_out.copy(), dict[Source, Scaled]()
    silent = np.ones(len(heard.votes), dtype=bool)
    for source in Source:
        places = _confident(heard, fit, source)
        some = heard.at(places)
        if _untrusted(some, minimum) is None and len(some.folds()) > 1:
            raw = np.array([fit.raw(vote, heard.table.labels) for vote in some.votes])
            shown = Shown(raw, some.table.gold, some.table.weight)
            found = Confident(some, shown, minimum).fit(fit.calibrator, likelihoods[places])
            scaled[source], likelihoods[places] = found.scaled, found.held_out
            silent[places] = False
    bare = None
    if scaled:
        bare, likelihoods[silent] = _bare(heard, by_label, np.flatnonzero(silent), minimum)
    return fit.model_copy(update={"sources": scaled, "bare": bare}), likelihoods


def _bare(heard: Heard, by_label: ByLabel, places: Numbers, minimum: int) -> tuple[Bare, Floats]:
    """What is learnt from the votes at these places alone, without usable confidence."""
    some = heard.at(places)
    if _untrusted(some, minimum) is not None or len(some.folds()) < 2:
        return Bare(confusion=by_label.confusion, trusted=False), by_label.held_out[places]
    own = fit_by_label(some)
    return Bare(confusion=own.confusion, trusted=True), own.held_out


def _confident(heard: Heard, fit: AnnotatorFit, source: Source) -> Numbers:
    """The places of the votes with raw probabilities of this source."""
    labels = heard.table.labels
    shown = (
        vote.confidence.source is source and fit.raw(vote, labels) is not None
        for vote in heard.votes
    )
    return np.flatnonzero(np.fromiter(shown, dtype=bool, count=len(heard.votes)))
