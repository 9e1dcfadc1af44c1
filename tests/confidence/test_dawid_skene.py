"""Confusions and truth at once: recovered without gold, and with some."""

from __future__ import annotations

import numpy as np
import pytest
from confidence_cases import ANY, gold_row, noisy_rows, says, seeded, silent

from stepladder.confidence import GoldTable
from stepladder.confidence.dawid_skene import SILENT, DawidSkeneVote, dawid_skene
from stepladder.types.arrays import Numbers

LABELS = ("good", "bad", "mixed")
TRUE = np.array(
    [
        [[0.9, 0.05, 0.05], [0.1, 0.8, 0.1], [0.05, 0.05, 0.9]],
        [[0.7, 0.2, 0.1], [0.1, 0.85, 0.05], [0.2, 0.2, 0.6]],
        [[0.6, 0.3, 0.1], [0.05, 0.9, 0.05], [0.1, 0.3, 0.6]],
        [[0.8, 0.1, 0.1], [0.3, 0.6, 0.1], [0.1, 0.1, 0.8]],
    ]
)
"""By annotator: answers (columns) to each true label (rows)."""
SHARES = np.array([0.5, 0.3, 0.2])
NAMES = ("a", "b", "c", "d")


def simulated(rows: int, seed: int = 0, missing: float = 0.0) -> tuple[Numbers, Numbers]:
    """Votes (n x 4) and truth (n)."""
    chance = np.random.default_rng(seed)
    truth = chance.choice(3, rows, p=SHARES)
    said = np.array([[chance.choice(3, p=TRUE[m, t]) for m in range(4)] for t in truth])
    said[chance.random(said.shape) < missing] = SILENT
    return said, truth


def unknown(rows: int) -> Numbers:
    return np.full(rows, SILENT)


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_confusions_are_recovered_without_any_gold(missing: float) -> None:
    said, truth = simulated(4000, missing=missing)
    found = dawid_skene(LABELS, NAMES, said, unknown(4000))
    assert np.abs(found.confusions - TRUE).max() < 0.08
    assert np.abs(found.shares - SHARES).max() < 0.04
    majority = np.array([np.bincount(row[row >= 0], minlength=3).argmax() for row in said])
    right = float((found.posteriors.argmax(axis=1) == truth).mean())
    assert right > float((majority == truth).mean())


def test_accuracies_are_those_of_the_confusions() -> None:
    said, truth = simulated(4000)
    found = dawid_skene(LABELS, NAMES, said, unknown(4000))
    real = {name: float((said[:, m] == truth).mean()) for m, name in enumerate(NAMES)}
    assert found.accuracies == pytest.approx(real, abs=0.03)
    assert found.answered.tolist() == [4000] * 4


def test_gold_is_clamped_and_turns_what_votes_alone_would_say() -> None:
    """Two who copy each other's errors outvote the third, until gold knows better."""
    chance = np.random.default_rng(1)
    truth = chance.choice(2, 400)
    wrong = chance.random(400) < 0.4
    copies = np.where(wrong, 1 - truth, truth)
    honest = np.where(chance.random(400) < 0.05, 1 - truth, truth)
    said = np.stack([copies, copies, honest], axis=1)
    alone = dawid_skene(("x", "y"), ("one", "two", "honest"), said, unknown(400))
    assert alone.accuracies["honest"] < alone.accuracies["one"]
    known = dawid_skene(("x", "y"), ("one", "two", "honest"), said, truth)
    assert known.accuracies["honest"] > 0.85 > known.accuracies["one"]
    assert (known.posteriors == np.eye(2)[truth]).all()


def test_one_who_is_mostly_wrong_does_not_swap_the_labels_of_all() -> None:
    said, truth = simulated(1000)
    said[:, 3] = (truth + 1) % 3
    found = dawid_skene(LABELS, NAMES, said, unknown(1000))
    assert (found.posteriors.argmax(axis=1) == truth).mean() > 0.85
    assert found.accuracies["d"] < 0.2


def test_as_an_aggregator_it_fits_gold_and_answers_about_others() -> None:
    rows = noisy_rows(LABELS, 150, {"weak": 0.4, "strong": 0.9}, seeded(0))
    fitted = DawidSkeneVote().fit(GoldTable(LABELS, tuple(rows)))
    posterior = fitted.posterior([says("weak", "bad"), says("strong", "good")], ANY)
    assert sum(posterior) == pytest.approx(1)
    assert posterior[0] > 0.7
    assert fitted.posterior([silent("weak")], ANY) == pytest.approx(fitted.shares.tolist())
    assert fitted.posterior([says("nobody", "bad")], ANY) == pytest.approx(fitted.shares.tolist())


def test_rows_without_gold_help_to_know_an_annotator() -> None:
    """What 'late' says is in no gold row, only beside another whom gold knows."""
    rows = noisy_rows(LABELS, 200, {"known": 0.95}, seeded(1))
    others = noisy_rows(LABELS, 300, {"known": 0.95, "late": 0.95}, seeded(2))
    table = GoldTable(LABELS, tuple(rows))
    fitted = DawidSkeneVote().fit(table, others)
    assert fitted.accuracies["late"] > 0.85
    assert fitted.posterior([says("late", "bad")], ANY)[1] > 0.8


def test_the_gold_of_unlabelled_rows_is_not_looked_at() -> None:
    rows = [gold_row("good", i, says("a", "good")) for i in range(30)]
    table = GoldTable(LABELS, tuple(rows))
    lies = [gold_row("bad", f"u{i}", says("a", "good")) for i in range(30)]
    truths = [gold_row("good", f"u{i}", says("a", "good")) for i in range(30)]
    one, two = (DawidSkeneVote().fit(table, some) for some in (lies, truths))
    assert (one.confusions == two.confusions).all()
