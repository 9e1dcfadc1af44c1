from __future__ import annotations

from math import log

import numpy as np
import pytest

from stepladder.confidence.choosing import Option, log_losses, normalised, simplest


def chosen(*losses: list[float], groups: str = "abcd", weight: list[float] | None = None) -> int:
    """The number of the option, simplest first."""
    options = [Option(number, np.array(loss)) for number, loss in enumerate(losses)]
    weights = np.ones(len(groups)) if weight is None else np.array(weight)
    return simplest(options, list(groups), weights).name


def test_a_simpler_one_that_loses_by_no_more_than_half_an_error_is_kept() -> None:
    # Differences 0, 0, 0 and d: the mean d/4 is one standard error (d/2 / sqrt(4)).
    assert chosen([1, 1, 1, 1.4], [1, 1, 1, 1]) == 1
    # Differences 1, -1, 1, -0.6: mean 0.1, error 0.53.
    assert chosen([2, 0, 2, 0.4], [1, 1, 1, 1]) == 0
    # Differences 0.4, 0.3, 0.4, 0.3: mean 0.35, error 0.03.
    assert chosen([1.4, 1.3, 1.4, 1.3], [1, 1, 1, 1]) == 1


def test_differences_are_paired() -> None:
    """Rows differ by far more than the options do, but one is always 0.1 better."""
    assert chosen([9.1, 0.1, 5.1, 2.1], [9.0, 0.0, 5.0, 2.0]) == 1


def test_the_simplest_of_equals_is_kept() -> None:
    assert chosen([1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]) == 0


def test_the_best_one_is_kept_when_it_is_the_simplest() -> None:
    assert chosen([1, 1, 1, 1], [2, 2, 2, 2]) == 0


def test_a_simpler_one_in_the_middle_is_found() -> None:
    assert chosen([5, 5, 5, 5], [2, 0, 2, 0.4], [1, 1, 1, 1]) == 1


def test_copies_of_a_group_are_no_more_evidence() -> None:
    """By row the simpler one loses by 0.9 of an error; by group, by 0.3."""
    rows = [2.0, 0.0, 2.0, 0.4] * 10
    alone = [str(number) for number in range(40)]
    options = [Option("plain", np.array(rows)), Option("rich", np.ones(40))]
    assert simplest(options, alone, np.ones(40)).name == "rich"
    assert simplest(options, list("abcd") * 10, np.ones(40)).name == "plain"


def test_of_a_single_group_nothing_can_be_rejected() -> None:
    assert chosen([9, 9, 9, 9], [1, 1, 1, 1], groups="aaaa") == 0


def test_rows_that_stand_for_more_count_for_more() -> None:
    losses = [[1.5, 0.5, 1.5, 0.5], [1.0, 1.0, 1.0, 1.0]]
    assert chosen(*losses, weight=[1.9, 0.1, 1.9, 0.1]) == 1
    assert chosen(*losses, weight=[0.1, 1.9, 0.1, 1.9]) == 0


def test_how_clear_a_loss_must_be_can_be_said() -> None:
    options = [Option("plain", np.array([1, 1, 1, 1.4])), Option("rich", np.ones(4))]
    assert simplest(options, list("abcd"), np.ones(4), rejected_at=1.01).name == "plain"
    assert simplest(options, list("abcd"), np.ones(4), rejected_at=0.99).name == "rich"


def test_log_loss_of_scores_of_any_size() -> None:
    scores = np.array([[0.0, log(3.0)], [1000.0, 1000.0], [-1000.0, 1000.0]])
    shares = normalised(scores)
    assert np.exp(shares[0]) == pytest.approx([0.25, 0.75])
    assert log_losses(shares, np.array([0, 1, 0])) == pytest.approx([log(4), log(2), 2000.0])
