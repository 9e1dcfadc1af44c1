"""Money stays exact, whatever the sums and the thread's decimal context."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.types import NOTHING, Usd, total

picos = st.integers(min_value=-(10**40), max_value=10**40)


@pytest.mark.parametrize(
    ("amount", "pico"),
    [
        ("1", 10**12),
        (3, 3 * 10**12),
        ("0.000000000001", 1),
        (Decimal("0.15"), 15 * 10**10),
        ("-2.50", -25 * 10**11),
        ("1E+2", 10**14),
        ("0", 0),
        # More digits than the usual decimal context holds.
        ("12345678901234567890123.123456789012", 12345678901234567890123123456789012),
    ],
)
def test_amounts_are_taken_exactly(amount: Decimal | int | str, pico: int) -> None:
    assert Usd.of(amount) == Usd(pico)


@pytest.mark.parametrize(
    "amount",
    [
        "0.0000000000001",
        "1.0000000000005",
        # Rounds to a whole number of pico-USD in a context of 28 digits.
        "99999999999999999.9999999999999",
        "nan",
        "sNaN",
        "inf",
        "1e999999",
        "ten",
        "",
    ],
)
def test_amounts_that_are_not_exact_are_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="is not a whole number of pico-USD"):
        Usd.of(amount)


@given(picos)
def test_an_amount_survives_being_written_and_read(pico: int) -> None:
    assert Usd.of(Usd(pico).plain) == Usd(pico)
    assert Usd.of(Usd(pico).decimal) == Usd(pico)


@given(picos)
def test_the_threads_decimal_context_changes_nothing(pico: int) -> None:
    expected = Usd(pico).plain
    with localcontext(prec=3):
        assert Usd(pico).plain == expected
        assert Usd.of(expected) == Usd(pico)


@given(st.lists(picos))
def test_sums_are_exact(amounts: list[int]) -> None:
    assert total(Usd(pico) for pico in amounts) == Usd(sum(amounts))


def test_a_thousand_tenths_of_a_cent_are_a_dollar() -> None:
    assert total([Usd.of("0.001")] * 1000) == Usd.of(1)


def test_arithmetic_and_order() -> None:
    assert Usd.of("0.3") - Usd.of("0.1") == Usd.of("0.2")
    assert Usd.of("0.1") + Usd.of("0.2") == Usd.of("0.3")
    assert Usd.of("0.07") * 3 == Usd.of("0.21")
    assert Usd.of("0.1") < Usd.of("0.100000000001")
    assert not NOTHING
    assert Usd(1)


@pytest.mark.parametrize(
    ("amount", "plain"),
    [
        ("0", "0.00"),
        ("1", "1.00"),
        ("1.5", "1.50"),
        ("0.000000000001", "0.000000000001"),
        ("0.000150", "0.00015"),
        ("-0.05", "-0.05"),
        ("1234567.891", "1234567.891"),
        ("1E+3", "1000.00"),
    ],
)
def test_plain_digits_are_exact_with_two_decimals_at_least(amount: str, plain: str) -> None:
    assert Usd.of(amount).plain == plain
    assert str(Usd.of(amount)) == f"{plain} USD"


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("0", "0.00"),
        ("1", "1.00"),
        ("12.3456", "12.35"),
        ("0.5", "0.50"),
        ("0.1234567", "0.123"),
        ("0.00012345", "0.000123"),
        ("0.0001", "0.0001"),
        ("0.99999", "1.00"),
        ("0.000000000001", "0.000000000001"),
        ("-3.14159", "-3.14"),
    ],
)
def test_rounded_is_short_enough_to_read(amount: str, rounded: str) -> None:
    assert Usd.of(amount).rounded == rounded
