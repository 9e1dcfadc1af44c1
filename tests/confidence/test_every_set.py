"""A pool for every set at once: against the pool of one set, and against what it must not see."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from stepladder.confidence import Fit, GoldRow, PriorColumns, Wanted
from stepladder.confidence.counting import STRENGTHS
from stepladder.confidence.every_set import all_sets, fit_every_set
from stepladder.confidence.fit import set_name
from stepladder.confidence.many import ManyVotes
from stepladder.confidence.pool import fit_weights
from stepladder.confidence.set_weights import Heldout, every_weight
from stepladder.types import Candidate, Confidence, Labelled, Source, Vote

LABELS = ("a", "b", "c")
SKILLS = {"x": 0.6, "y": 0.75, "z": 0.9}
NAMES = tuple(SKILLS)
WANTED = Wanted(LABELS, NAMES)


def rows(count: int, seed: int = 0, *, questions: int = 3, sure: bool = False) -> list[GoldRow]:
    chance, found = random.Random(seed), []  # noqa: S311
    for number in range(count):
        question = f"q{chance.randrange(questions)}"
        gold = chance.choices(LABELS, (5, 1 + 4 * (question == "q1"), 2))[0]
        votes = {}
        for name, skill in SKILLS.items():
            right = chance.random() < skill
            said = gold if right else chance.choice(LABELS)
            confidence = Confidence()
            if sure:
                shown = chance.uniform(0.7, 1.0) if right else chance.uniform(0.4, 0.9)
                confidence = Confidence(Source.STATED, {said: round(shown, 2)})
            votes[name] = Vote(name, Labelled(said), confidence)
        columns = {"text": f"{'hint' + gold if chance.random() < 0.4 else 'plain'} word"}
        candidate = Candidate(str(number), columns, question, f"g{number // 2}", gold)
        found.append(GoldRow(candidate, votes))
    return found


def posteriors(fit: Fit, given: list[GoldRow], names: tuple[str, ...]) -> np.ndarray:
    votes = {name: [row.votes[name] for row in given] for name in NAMES}
    return ManyVotes(fit, [row.candidate for row in given], votes).posteriors(names)


def right(found: np.ndarray, given: list[GoldRow]) -> float:
    return float(
        np.mean([LABELS[top] == row.gold for top, row in zip(found.argmax(1), given, strict=True)])
    )


def test_every_set_has_a_pool_and_more_votes_are_better() -> None:
    found = fit_every_set(WANTED, rows(300))
    assert found.sets == all_sets(NAMES)
    assert len(found.sets) == 7
    assert set(found.fit.pools) == {set_name(names) for names in found.sets}
    fresh = rows(600, seed=7)
    alone, all_of_them = (right(posteriors(found.fit, fresh, s), fresh) for s in (("x",), NAMES))
    best = float(np.mean([row.votes["z"].label == row.gold for row in fresh]))
    assert alone < best <= all_of_them + 0.02


def test_weights_are_those_of_one_set_alone() -> None:
    chance = np.random.default_rng(1)
    vectors = chance.normal(0, 1.2, (200, 4, 3))
    gold = (vectors[:, 0] + 0.5 * vectors[:, 1] + chance.normal(0, 1, (200, 3))).argmax(axis=1)
    prior, weight = np.log(np.full((200, 3), 1 / 3)), chance.uniform(0.5, 1.5, 200)
    sets = [[0], [0, 1], [0, 1, 2, 3], [2, 3]]
    listened = np.array([[n in one for n in range(4)] for one in sets])
    near = listened / np.sqrt(listened.sum(axis=1, keepdims=True))
    found = every_weight(Heldout(vectors, prior, gold, weight), listened, near, near, steps=12)
    for one, weights, start in zip(sets, found, near, strict=True):
        alone = fit_weights(prior, vectors[:, one], gold, weight, start[one].tolist())
        assert weights[one] == pytest.approx(alone, abs=1e-4)
        assert not weights[[n for n in range(4) if n not in one]].any()


def test_what_is_held_out_has_not_seen_its_own_gold() -> None:
    given = rows(120)
    first = fit_every_set(WANTED, given)
    other = {"a": "b", "b": "c", "c": "a"}
    group = given[0].group
    changed = [
        GoldRow(replace(row.candidate, gold=other[row.gold]), row.votes)
        if row.group == group
        else row
        for row in given
    ]
    second = fit_every_set(WANTED, changed)
    places = [n for n, row in enumerate(given) if row.group == group]
    # The strengths' shares may move a hair; what each strength says of the group may not.
    assert second.crossed[places] == pytest.approx(first.crossed[places], abs=0.05)
    assert second.crossed != pytest.approx(first.crossed, abs=1e-6)


def test_strengths_are_averaged_and_stored_beside_each_other() -> None:
    found = fit_every_set(WANTED, rows(300))
    assert len(found.shares) == len(STRENGTHS)
    assert found.shares.sum() == pytest.approx(1)
    assert 1 + len(found.fit.beside) == (found.shares > 0).sum()
    again = Fit.model_validate_json(found.fit.model_dump_json())
    assert again == found.fit
    row = rows(1, seed=3)[0]
    votes = list(row.votes.values())
    one = found.fit.posterior(votes, row.candidate)
    assert one is not None
    assert sum(one.probabilities) == pytest.approx(1)
    many = posteriors(found.fit, [row], NAMES)[0]
    assert many == pytest.approx(one.probabilities, abs=1e-12)


def test_one_question_needs_one_strength() -> None:
    found = fit_every_set(WANTED, rows(150, questions=1))
    assert found.shares.tolist() == [1.0]
    assert not found.fit.beside
    assert found.fit.question is None


def test_a_confidence_is_calibrated_and_helps() -> None:
    found = fit_every_set(WANTED, rows(200, sure=True, questions=1))
    assert found.fit.annotators["x"].sources
    fresh = rows(400, seed=5, sure=True, questions=1)
    plain = fit_every_set(WANTED, rows(200, questions=1))
    named = [
        GoldRow(
            row.candidate, {n: replace(v, confidence=Confidence()) for n, v in row.votes.items()}
        )
        for row in fresh
    ]
    sure, unsure = posteriors(found.fit, fresh, NAMES), posteriors(plain.fit, named, NAMES)
    places = [LABELS.index(row.gold) for row in fresh]
    losses = [-np.log(p[np.arange(400), places]).mean() for p in (sure, unsure)]
    assert losses[0] < losses[1]


def test_the_text_joins_where_it_helps_and_not_where_it_does_not() -> None:
    wanted = replace(WANTED, columns=PriorColumns(("text",)))
    assert fit_every_set(wanted, rows(300)).wanted.columns is not None
    blank = [
        GoldRow(replace(row.candidate, columns={"text": f"word{n} plain"}), row.votes)
        for n, row in enumerate(rows(300))
    ]
    assert fit_every_set(wanted, blank).fit.text is None


def test_the_same_kind_of_fit_from_other_rows() -> None:
    found = fit_every_set(WANTED, rows(300))
    other = found.like_it(rows(200, seed=9))
    assert other.rows == 200
    assert set(other.pools) == set(found.fit.pools)
    assert 1 + len(other.beside) == 1 + len(found.fit.beside)


def test_a_label_that_gold_never_has_is_not_overruled() -> None:
    given = [row for row in rows(300) if row.gold != "c"]
    found = fit_every_set(WANTED, given)
    assert found.fit.unseen == ("c",)
    votes = {name: Vote(name, Labelled("c")) for name in NAMES}
    strange = [GoldRow(given[0].candidate, votes)]
    assert LABELS[int(posteriors(found.fit, strange, NAMES)[0].argmax())] == "c"


def test_gold_of_one_group_is_refused() -> None:
    alone = [GoldRow(replace(row.candidate, group="g"), row.votes) for row in rows(40)]
    with pytest.raises(ValueError, match="single group"):
        fit_every_set(WANTED, alone)
