from __future__ import annotations

from contextlib import closing

import pytest
from ledger_cases import KEY, RUN, VOTE, Place, intent, opened, rows, settlement, url_of

from stepladder.ledger import Ledger, Settlement, connect, open_ledger
from stepladder.ledger.recovery import settle_unknown
from stepladder.types import UNUSED, CandidateKey, Decision, Status, Usd

pytest_plugins = ("ledger_homes",)

OPEN = "SELECT count(*) FROM attempt LEFT JOIN settlement ON attempt = id WHERE attempt IS NULL"


async def test_money_is_exact_to_a_pico_dollar_beyond_a_thousand_dollars(home: Place) -> None:
    odd = 10**15 + 1
    with closing(opened(home)) as ledger:
        for _ in range(3):
            number = await ledger.intend(intent(quote=odd))
            ledger.settle(settlement(number, cost=odd), KEY)
    with closing(opened(home)) as ledger:
        assert ledger.spent.usd == Usd(3 * odd)
        assert ledger.spent.usd.plain == "3000.000000000003"


async def test_a_lost_attempt_costs_its_quote_once_however_often_the_run_starts(
    home: Place,
) -> None:
    with closing(opened(home)) as ledger:
        settled = await ledger.intend(intent(quote=100))
        ledger.settle(settlement(settled, cost=60), KEY)
        lost = await ledger.intend(intent(quote=1000))
    assert rows(home, OPEN) == [(1,)]
    for _ in range(3):
        with closing(opened(home)) as ledger:
            assert ledger.spent.usd == Usd(1060)
    found = rows(home, "SELECT attempt, outcome, cost_pico FROM settlement ORDER BY attempt")
    assert found == [(settled, "answered", 60), (lost, "unknown", 1000)]


async def test_lost_attempts_of_people_cost_wages(home: Place) -> None:
    with closing(opened(home)) as ledger:
        await ledger.intend(intent(quote=30, wage=True))
        paid = await ledger.intend(intent(quote=30, wage=True))
        ledger.settle(settlement(paid, cost=20, wage=True), KEY)
        await ledger.intend(intent(quote=1000))
    with closing(opened(home)) as ledger:
        assert ledger.spent.wages == Usd(50)
        assert ledger.spent.usd == Usd(1000)


async def test_a_person_who_has_not_answered_costs_nothing_at_the_next_start(
    home: Place,
) -> None:
    with closing(opened(home)) as ledger:
        number = await ledger.intend(intent(quote=30, wage=True))
        ledger.settle(Settlement(number, True, "waiting", Usd(0), UNUSED, 0.0), KEY)
    with closing(opened(home)) as ledger:
        assert ledger.spent.wages == Usd(0)


async def test_the_attempts_of_a_run_at_work_are_left_alone(home: Place) -> None:
    with closing(opened(home)) as working:
        number = await working.intend(intent(quote=500))
        with closing(opened(home, name="another run")) as other:
            assert other.spent.usd == Usd(0)
        working.settle(settlement(number, cost=60), KEY)
    with closing(opened(home)) as ledger:
        assert ledger.spent.usd == Usd(60)


async def test_settling_says_how_many_were_open(home: Place) -> None:
    with closing(opened(home)) as ledger:
        for _ in range(3):
            await ledger.intend(intent())
    engine = connect(url_of(home))
    with engine.begin() as connection:
        assert settle_unknown(connection, "another run") == 0
        assert settle_unknown(connection, RUN.name) == 3
        assert settle_unknown(connection, RUN.name) == 0
    engine.dispose()


async def numbers(ledger: Ledger) -> list[int]:
    return [
        ledger.reserve(KEY, Usd(1), Usd(1)),
        await ledger.intend(intent()),
        ledger.reserve(KEY, Usd(1), Usd(1)),
        await ledger.intend(intent()),
    ]


async def test_numbers_never_repeat_over_starts_and_runs(home: Place) -> None:
    found: list[int] = []
    for _ in range(3):
        with closing(opened(home)) as ledger:
            found += await numbers(ledger)
            with closing(opened(home, name="another run")) as other:
                found += await numbers(other)
                found += await numbers(ledger)
    assert len(set(found)) == len(found) == 36
    assert max(found) < 2**63
    assert rows(home, "SELECT count(*) FROM attempt") == [(18,)]
    assert rows(home, "SELECT count(*) FROM reservation") == [(18,)]


async def test_a_resumed_run_decides_by_its_first_fit(home: Place) -> None:
    with closing(opened(home)) as ledger:
        assert await ledger.fit("k") is None
        await ledger.add_fit("k", "first", '[["r1","label"]]')
        await ledger.add_fit("k", "second", "[]")
        await ledger.add_fit("k2", "other gold", "[]")
    with closing(opened(home)) as ledger:
        stored = await ledger.fit("k")
        assert stored is not None
        assert stored.body == "first"
        assert stored.rows == {KEY}
    with closing(opened(home, name="another run")) as other:
        assert await other.fit("k") is None


async def test_votes_serve_every_run_and_decisions_only_their_own(home: Place) -> None:
    with closing(opened(home)) as ledger:
        assert not ledger.has_votes
        ledger.add_vote(VOTE, KEY)
        ledger.decide(Decision(KEY, Status.LABELLED, "good"), "b")
    with closing(opened(home, name="another run")) as other:
        assert other.has_votes
        assert await other.votes([KEY]) == {KEY: [VOTE]}
        assert await other.decisions([KEY]) == {}


async def test_the_last_decision_of_a_run_counts(home: Place) -> None:
    with closing(opened(home)) as ledger:
        ledger.decide(Decision(KEY, Status.PENDING), "before")
        ledger.decide(Decision(KEY, Status.LABELLED, "good"), "after")
        ledger.decide(Decision(CandidateKey("r1", "other"), Status.FAILED), "x")
        await ledger.flush()
        found = await ledger.decisions([KEY])
    assert list(found) == [KEY]
    assert found[KEY].basis == "after"
    assert found[KEY].decision.status is Status.LABELLED


@pytest.mark.parametrize("starts", [1, 2])
def test_an_empty_run_has_spent_nothing(home: Place, starts: int) -> None:
    for _ in range(starts):
        with closing(open_ledger(url_of(home), RUN)) as ledger:
            assert (ledger.spent.usd, ledger.spent.wages) == (Usd(0), Usd(0))
