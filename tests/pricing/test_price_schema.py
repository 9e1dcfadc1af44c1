"""What a price table may say, and what it is told when it says something else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.errors import PriceError
from stepladder.pricing import Price, Wage
from stepladder.pricing.schema import PriceEntry, PriceTable
from stepladder.strict_toml import load
from stepladder.types import Usage, Usd

Load = Callable[[str], PriceTable]

LEAST = """
[[price]]
model = "m"
from = 2024-08-06
source = "a list"
input = 0.075
output = 3
"""


@pytest.fixture
def table(tmp_path: Path) -> Load:
    def load_text(text: str) -> PriceTable:
        file = tmp_path / "own.toml"
        file.write_text(f"schema = 1\n{text}", encoding="utf-8")
        return load(PriceTable, file, PriceError)

    return load_text


def test_absent_kinds_cost_as_much_as_the_kind_they_are_a_part_of(table: Load) -> None:
    assert table(LEAST).price[0].to_price() == Price(
        model="m",
        since=date(2024, 8, 6),
        source="a list",
        input=75_000,
        cached_input=75_000,
        cache_write=75_000,
        output=3_000_000,
        reasoning=3_000_000,
    )


def test_every_key_reaches_the_price(table: Load) -> None:
    text = """
    [[price]]
    model = "m"
    aliases = ["n", "m"]
    from = 2024-08-06
    until = 2025-01-01
    source = "a contract"
    input = 2.50
    cached_input = 1.25
    cache_write = 3.125
    output = 10
    reasoning = 0.000001
    batch_discount = 0.35
    per_request = 0.005
    context = 128000
    max_output = 16384
    encoding = "o200k_base"
    retired = true
    """
    entry = table(text).price[0]
    assert entry.names == ("m", "n")
    assert entry.until == date(2025, 1, 1)
    assert entry.to_price() == Price(
        model="m",
        since=date(2024, 8, 6),
        source="a contract",
        input=2_500_000,
        cached_input=1_250_000,
        cache_write=3_125_000,
        output=10_000_000,
        reasoning=1,
        per_request=5_000_000_000,
        batch_discount=Fraction(7, 20),
        context=128_000,
        max_output=16_384,
        encoding="o200k_base",
        retired=True,
    )


def test_a_free_model_must_say_so(table: Load) -> None:
    free = table(LEAST.replace("0.075", "0").replace("= 3", "= 0.0")).price[0].to_price()
    assert free.quote(Usage(input=10**6, output=10**6)) == Usd(0)
    with pytest.raises(PriceError, match=r"price\.0\.output: missing; add it"):
        table(LEAST.replace("output = 3\n", ""))


def test_a_wage_is_exact_money_and_may_stand_beside_prices(table: Load) -> None:
    wage = '[[wage]]\nname = "me"\nfrom = 2025-01-01\nsource = "I say so"\nper_answer = 0.07\n'
    both = table(LEAST + wage)
    assert both.wage[0].to_wage() == Wage("me", date(2025, 1, 1), "I say so", Usd.of("0.07"))
    assert len(both.price) == 1


def test_a_table_may_be_empty(table: Load) -> None:
    assert table("") == PriceTable(schema=1)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("inptu = 1", "own.toml:9: price.0.inptu: unknown key; did you mean 'input'?"),
        ("cached_input = -1", "own.toml:9: price.0.cached_input: "),
        ("cached_input = nan", "price.0.cached_input: "),
        ("cached_input = inf", "price.0.cached_input: "),
        ('cached_input = "1"', "price.0.cached_input: must be a number such as 0.15, without"),
        ("cached_input = true", "price.0.cached_input: must be a number such as 0.15, without"),
        ("cached_input = 0.0750001", "0.0750001 USD per million tokens is not a whole number of"),
        ("per_request = 0.0000000000001", "price.0.per_request: "),
        ("batch_discount = 1.01", "price.0.batch_discount: "),
        ("batch_discount = -0.5", "price.0.batch_discount: "),
        ("until = 2024-08-06", "own.toml:9: price.0.until: must be a day after from (2024-08-06)"),
        ("until = 20250101", "price.0.until: must be a TOML date such as 2024-08-06, without"),
        ('until = "2025-01-01"', "price.0.until: must be a TOML date such as 2024-08-06, without"),
        ("until = 2025-01-01T10:00:00", "price.0.until: must be a TOML date"),
        ("context = 0", "price.0.context: "),
        ("max_output = 4096.5", "price.0.max_output: "),
        ('retired = "no"', "price.0.retired: "),
        ('encoding = "o200k"', "unknown encoding 'o200k'; did you mean 'o200k_base'?"),
    ],
)
def test_what_is_wrong_is_named(table: Load, line: str, complaint: str) -> None:
    with pytest.raises(PriceError) as caught:
        table(f"{LEAST}{line}\n")
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_another_version_of_the_format_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("schema = 2\n")
    with pytest.raises(PriceError, match=r"own\.toml:1: schema: .*\b1, not '?2"):
        load(PriceTable, file, PriceError)


@given(pico=st.integers(min_value=0, max_value=10**12))
def test_six_decimals_are_exact(pico: int) -> None:
    rate = Decimal(pico).scaleb(-6)
    entry = PriceEntry.model_validate(
        {"model": "m", "from": date(2025, 1, 1), "source": "s", "input": rate, "output": rate}
    )
    assert entry.to_price().input == entry.to_price().reasoning == pico
    assert entry.to_price().cost(Usage(input=10**6, requests=0)) == Usd.of(rate)
