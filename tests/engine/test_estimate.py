"""The price of very many candidates: the worst case exact, the likely one from a sample."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from stepladder.annotators.base import Annotator
from stepladder.annotators.openai import OpenAIAnnotator
from stepladder.engine import Setup
from stepladder.engine.bounds import TRIED, Bounds
from stepladder.engine.call import Call
from stepladder.engine.estimate import estimate
from stepladder.engine.rates import TokenRate
from stepladder.policy import Policy
from stepladder.pricing import Price
from stepladder.task import Task
from stepladder.types import FIRST, Candidate, Draw, Usage

TASK = Task.model_validate({"name": "t", "instructions": "Choose.", "labels": ["yes", "no"]})
RETRIES = 2


def price(name: str, each: int) -> TokenRate:
    return TokenRate(Price(name, date(2026, 1, 1), "made up", each, each, each, each, each))


def setup(*specs: dict[str, Any]) -> Setup:
    """Models one above the other; each token costs its number, from 1, in pico-USD."""
    names = [f"m{number}" for number in range(1, len(specs) + 1)]
    common = {"kind": "openai", "model": "m", "api_key_env": "", "retries": RETRIES}
    policy = Policy.model_validate(
        {
            "name": "p",
            "annotators": {n: common | spec for n, spec in zip(names, specs, strict=True)},
            "tiers": [{"name": name, "ask": name} for name in names],
        }
    )
    annotators: dict[str, Annotator] = {
        name: OpenAIAnnotator(policy.annotators[name], TASK, name)  # type: ignore[arg-type]
        for name in names
    }
    rates = {name: price(name, number) for number, name in enumerate(names, start=1)}
    return Setup(TASK, policy, annotators, rates)


def candidates(count: int) -> list[Candidate]:
    return [Candidate(f"c{n}", {"text": "word " * (1 + n % 7)}) for n in range(count)]


KINDS: list[dict[str, Any]] = [
    {},
    {"max_output_tokens": 9},
    {"answer": "label"},
    {"prompt": "completion"},
]


@given(texts=st.lists(st.text(max_size=40), max_size=4))
@settings(max_examples=30, deadline=None)
def test_a_shared_count_is_every_models_own_bound(texts: list[str]) -> None:
    made = setup(*KINDS)
    bounds = Bounds(made)
    shown = [*candidates(TRIED), *(Candidate(f"x{n}", {"text": t}) for n, t in enumerate(texts))]
    for candidate in shown:
        for name, annotator in made.annotators.items():
            assert bounds.of(Call(name), candidate) == annotator.bound(candidate)


class Generous(OpenAIAnnotator):
    """Counts a token more than its kind does."""

    def bound(self, candidate: Candidate, draw: Draw = FIRST) -> Usage:
        return super().bound(candidate, draw) + Usage(input=1, requests=0)


def test_a_model_that_counts_otherwise_keeps_its_own_bound() -> None:
    made = setup({}, {})
    odd = Generous(made.policy.annotators["m2"], TASK, "m2")  # type: ignore[arg-type]
    made = Setup(TASK, made.policy, {**made.annotators, "m2": odd}, made.rates)
    bounds = Bounds(made)
    for candidate in candidates(2 * TRIED):
        for name, annotator in made.annotators.items():
            assert bounds.of(Call(name), candidate) == annotator.bound(candidate)


def test_the_worst_case_is_the_sum_of_all_quotes_beyond_the_sample_too() -> None:
    made, items = setup({}, {}), candidates(500)
    found = estimate(made, items, seed=0, sample=10)
    for number, tier in enumerate(found.tiers, start=1):
        bounds = [made.annotators[tier.name].bound(one) for one in items]
        tokens = sum(bound.tokens for bound in bounds) * (1 + RETRIES)
        assert tier.candidates == 500
        assert tier.most.tokens == tokens
        assert tier.most_usd.pico == tokens * number
        assert tier.most.requests == 500 * (1 + RETRIES)


def test_the_likely_price_of_the_rest_is_in_proportion() -> None:
    made, items = setup({}), candidates(700)
    exact = estimate(made, items, seed=0).tiers[0]
    sampled = estimate(made, items, seed=0, sample=70).tiers[0]
    # The sample has the lengths of the rest in the same shares.
    assert sampled.likely == exact.likely
    assert sampled.likely_usd == exact.likely_usd
    assert sampled.likely.requests == 700


def test_calibration_rows_do_not_climb() -> None:
    made = setup({}, {})
    gold = [Candidate(c.id, c.columns, gold="yes") for c in candidates(20)]
    found = estimate(made, [*candidates(0), *gold], seed=0)
    assert found.calibration.candidates == 10
    assert [tier.candidates for tier in found.tiers] == [10, 10]
    assert len(found.routes) == 10
    quotes = sum(made.rates["m1"].quote(made.annotators["m1"].bound(c)).pico for c in gold)
    whole = found.tiers[0].most_usd.pico + found.calibration.most_usd.pico // 3
    # The first tier's part of both; the calibration's other two thirds are the second model's.
    assert whole == quotes * (1 + RETRIES)
    assert found.covered(found.most_usd) == 20
