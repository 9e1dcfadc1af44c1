from __future__ import annotations

import pytest

from stepladder.annotators.likely_size import LikelySize
from stepladder.types import Usage

BOUND = Usage(input=1000, output=10)


def test_at_first_it_is_the_bound() -> None:
    assert LikelySize().tokens(BOUND) == 1010


def test_one_prompt_corrects_a_loose_bound_at_once_and_leaves_what_may_be_written() -> None:
    assert LikelySize().after(Usage(input=250, output=1), BOUND).tokens(BOUND) == 260


def test_many_prompts_give_their_mean_and_then_the_last_ones() -> None:
    size = LikelySize()
    for read in (100, 300) * 5:
        size = size.after(Usage(input=read), BOUND)
    assert size.share_of_bound == pytest.approx(0.2)
    for _ in range(200):
        size = size.after(Usage(input=500), BOUND)
    assert size.share_of_bound == pytest.approx(0.5, abs=0.01)


def test_a_prompt_beyond_its_bound_counts_as_the_bound() -> None:
    assert LikelySize().after(Usage(input=2**30), BOUND).tokens(BOUND) == 1010


def test_a_bound_without_prompt_teaches_nothing() -> None:
    assert LikelySize().after(Usage(input=5), Usage()) == LikelySize()
