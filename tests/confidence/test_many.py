"""Many candidates at once and one by one: the same posteriors."""

from __future__ import annotations

import random

import numpy as np
import pytest

from stepladder.confidence import Fit, GoldRow, PriorColumns, Wanted, fit_gold, unfitted
from stepladder.confidence.many import ManyVotes
from stepladder.types import (
    NO_CONFIDENCE,
    Candidate,
    Confidence,
    Labelled,
    Reason,
    Source,
    Unlabelled,
    Vote,
)
from stepladder.types.arrays import NO_LABEL

LABELS = ("a", "b", "c")
NAMES = ("x", "y", "z")


def vote(name: str, chance: random.Random, gold: str, labels: tuple[str, ...] = LABELS) -> Vote:
    if chance.random() < 0.1:
        return Vote(name, Unlabelled(Reason.OFF_LIST))
    said = gold if chance.random() < 0.7 else chance.choice(labels)
    sure = NO_CONFIDENCE
    if chance.random() < 0.6:
        sure = Confidence(Source.STATED, {said: round(chance.uniform(0.2, 1.0), 2)})
    return Vote(name, Labelled(said), sure)


def rows(count: int, seed: int, labels: tuple[str, ...] = LABELS) -> list[GoldRow]:
    chance, found = random.Random(seed), []  # noqa: S311
    for number in range(count):
        gold = chance.choice(labels)
        candidate = Candidate(
            str(number),
            {"text": f"word{gold} common {chance.choice('pqr')}"},
            question=chance.choice(("food", "noise")),
            group=f"g{number // 2}",
            gold=gold,
        )
        found.append(GoldRow(candidate, {n: vote(n, chance, gold, labels) for n in NAMES}))
    return found


def fits() -> dict[str, Fit]:
    sets = (("x",), ("x", "y"), NAMES)
    wanted = Wanted(LABELS, NAMES, sets, columns=PriorColumns(("text",)))
    two = [row for row in rows(200, 1) if row.gold != "c"]
    return {
        "before gold": unfitted(wanted),
        "fitted, with text and question": fit_gold(wanted, rows(240, 2)),
        "a label that gold never has": fit_gold(wanted, two),
        "too little gold": fit_gold(wanted, rows(12, 3)),
    }


@pytest.mark.parametrize("case", fits().items(), ids=lambda case: case[0])
@pytest.mark.parametrize("names", [("x",), ("x", "y"), ("y", "z"), NAMES])
def test_posteriors_are_those_of_each_candidate(
    case: tuple[str, Fit], names: tuple[str, ...]
) -> None:
    fit, fresh = case[1], rows(150, 9)
    votes = {name: [row.votes[name] for row in fresh] for name in NAMES}
    many = ManyVotes(fit, [row.candidate for row in fresh], votes)
    found, calibrated = many.posteriors(names), many.calibrated(names)
    for place, row in enumerate(fresh):
        given = [row.votes[name] for name in names]
        one = fit.posterior(given, row.candidate)
        assert calibrated[place] == fit.calibrated(given)
        if one is None:
            assert np.isnan(found[place]).all()
            continue
        assert found[place] == pytest.approx(one.probabilities, abs=1e-14)
        assert LABELS[int(found[place].argmax())] == one.top


def test_who_was_not_asked_is_not_heard() -> None:
    fit = fits()["fitted, with text and question"]
    row = rows(1, 4)[0]
    many = ManyVotes(fit, [row.candidate], {"x": [row.votes["x"]], "y": [None], "z": [None]})
    assert many.labels["y"].tolist() == [NO_LABEL]
    alone = fit.posterior([row.votes["x"]], row.candidate)
    assert alone is not None
    assert many.posteriors(NAMES)[0] == pytest.approx(alone.probabilities, abs=1e-14)
