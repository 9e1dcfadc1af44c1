"""Costs and quotes, calculated by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from stepladder.pricing import Price
from stepladder.types import Usage, Usd

MINI = Price(
    model="gpt-4o-mini",
    since=date(2024, 7, 18),
    source="list price",
    input=150_000,
    cached_input=75_000,
    cache_write=150_000,
    output=600_000,
    reasoning=600_000,
    batch_discount=Fraction(1, 2),
)
"""0.15, 0.075 and 0.60 USD per million tokens."""

EVERY_KIND = Price(
    model="every-kind",
    since=date(2025, 1, 1),
    source="made up",
    input=3_000_000,
    cached_input=300_000,
    cache_write=3_750_000,
    output=15_000_000,
    reasoning=20_000_000,
    per_request=5_000_000_000,
)
"""3, 0.30, 3.75, 15 and 20 USD per million tokens, 0.005 USD per request."""


def test_cost_of_plain_and_cached_input() -> None:
    usage = Usage(input=1_000, cached_input=400, output=20)
    # 0.000150 + 0.000030 + 0.000012
    assert MINI.cost(usage) == Usd.of("0.000192")


def test_cost_of_every_kind_is_billed_at_its_own_rate() -> None:
    usage = Usage(
        input=100, cached_input=1_000, cache_write=200, output=10, reasoning=50, requests=2
    )
    # 0.0003 + 0.0003 + 0.00075 + 0.00015 + 0.001 + 2 x 0.005
    assert EVERY_KIND.cost(usage) == Usd.of("0.0125")


def test_one_token_of_a_cheap_model_is_not_rounded_away() -> None:
    assert MINI.cost(Usage(cached_input=1)) == Usd.of("0.000000075")


def test_quote_takes_the_dearest_kind() -> None:
    bound = Usage(input=1_000, output=100, reasoning=50, requests=1)
    # 1000 at 3.75 + 150 at 20 USD per million, + 0.005
    assert EVERY_KIND.quote(bound) == Usd.of("0.01175")


def test_quote_equals_cost_where_all_kinds_cost_the_same() -> None:
    usage = Usage(input=1_000, output=20)
    assert MINI.quote(usage) == MINI.cost(usage) == Usd.of("0.000162")


rates = st.integers(min_value=0, max_value=10**9)
tokens = st.integers(min_value=0, max_value=10**6)


@given(
    price=st.builds(
        Price,
        model=st.just("m"),
        since=st.just(date(2025, 1, 1)),
        source=st.just("s"),
        input=rates,
        cached_input=rates,
        cache_write=rates,
        output=rates,
        reasoning=rates,
        per_request=rates,
    ),
    used=st.builds(
        Usage,
        input=tokens,
        cached_input=tokens,
        cache_write=tokens,
        output=tokens,
        reasoning=tokens,
        requests=st.integers(min_value=0, max_value=5),
    ),
    spare=st.tuples(tokens, tokens, tokens),
)
def test_no_usage_within_the_bound_costs_more_than_the_quote(
    price: Price, used: Usage, spare: tuple[int, int, int]
) -> None:
    read = used.input + used.cached_input + used.cache_write
    written = used.output + used.reasoning
    bound = Usage(input=read + spare[0], output=written + spare[1], requests=used.requests)
    assert price.cost(used) <= price.quote(bound)
    assert price.quote(bound) <= price.quote(bound + Usage(output=spare[2]))
