"""Numbers beyond what a database holds are cut, and sums of those it holds are exact."""

from __future__ import annotations

from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_cases import KEY, Place, intent, opened, rows, settlement

from stepladder.ledger import Money
from stepladder.ledger.fitting import MOST, fitting, fitting_cost
from stepladder.types import NOTHING, Usage, Usd

pytest_plugins = ("ledger_homes",)

SHARED = {"shared": "all", "budget": Usd(MOST), "wages": Usd(MOST)}


@given(st.lists(st.integers(0, MOST), min_size=6, max_size=6))
def test_what_fits_stays_as_it_is(kinds: list[int]) -> None:
    usage = Usage(*kinds)
    assert fitting(usage) is usage
    assert fitting_cost(Usd(kinds[0])) == Usd(kinds[0])


@pytest.mark.parametrize(("given_", "kept"), [(2**63, MOST), (10**500, MOST), (-1, 0)])
def test_what_does_not_is_cut_kind_by_kind(given_: int, kept: int) -> None:
    assert fitting(Usage(input=7, reasoning=given_)) == Usage(input=7, reasoning=kept)
    assert fitting(Usage(requests=given_)) == Usage(requests=kept)
    assert fitting_cost(Usd(given_)) == Usd(kept)


@pytest.mark.parametrize("wage", [False, True])
async def test_spend_beyond_what_one_number_holds_is_read_back(home: Place, *, wage: bool) -> None:
    for _ in range(2):
        with closing(opened(home)) as ledger:
            for cost in (MOST, 1):
                number = await ledger.intend(intent(wage=wage))
                ledger.settle(settlement(number, cost=cost, wage=wage), KEY)
    with closing(opened(home)) as ledger:
        spent = ledger.spent
    whole = Usd(2 * MOST + 2)
    assert spent == (Money(NOTHING, whole) if wage else Money(whole, NOTHING))


async def test_a_shared_budget_that_was_overrun_beyond_that_stays_readable(home: Place) -> None:
    for name in ("a", "b"):
        with closing(opened(home, name=name, **SHARED)) as ledger:
            await ledger.lease(Money(Usd(1)), Money(Usd(1)))
            numbers = [await ledger.intend(intent()) for _ in range(2)]
            for number in numbers:
                ledger.settle(settlement(number, cost=MOST), KEY)
    with closing(opened(home, name="c", **SHARED)) as ledger:
        assert not await ledger.lease(Money(Usd(1)), Money(Usd(1)))
    closing_rows = rows(home, "SELECT usd_pico FROM lease WHERE closing ORDER BY id")
    assert closing_rows[:1] == [(MOST,)]
