from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from ledger_cases import KEY, RUN, VOTE, intent, opened, rows, settlement, url_of

from stepladder.ledger import Ledger, Settlement, connect, open_ledger
from stepladder.ledger.recovery import settle_unknown
from stepladder.types import UNUSED, CandidateKey, Decision, Status, Usd

OPEN = "SELECT count(*) FROM attempt LEFT JOIN settlement ON attempt = id WHERE attempt IS NULL"


async def test_money_is_exact_to_a_pico_dollar_beyond_a_thousand_dollars(tmp_path: Path) -> None:
    odd = 10**15 + 1
    with closing(opened(tmp_path)) as ledger:
        for _ in range(3):
            number = await ledger.intend(intent(quote=odd))
            await ledger.settle(settlement(number, cost=odd), KEY)
    with closing(opened(tmp_path)) as ledger:
        assert ledger.spent.usd == Usd(3 * odd)
        assert ledger.spent.usd.plain == "3000.000000000003"


async def test_a_lost_attempt_costs_its_quote_once_however_often_the_run_starts(
    tmp_path: Path,
) -> None:
    with closing(opened(tmp_path)) as ledger:
        settled = await ledger.intend(intent(quote=100))
        await ledger.settle(settlement(settled, cost=60), KEY)
        lost = await ledger.intend(intent(quote=1000))
    assert rows(tmp_path, OPEN) == [(1,)]
    for _ in range(3):
        with closing(opened(tmp_path)) as ledger:
            assert ledger.spent.usd == Usd(1060)
    found = rows(tmp_path, "SELECT attempt, outcome, cost_pico FROM settlement ORDER BY attempt")
    assert found == [(settled, "answered", 60), (lost, "unknown", 1000)]


async def test_lost_attempts_of_people_cost_wages(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as ledger:
        await ledger.intend(intent(quote=30, wage=True))
        paid = await ledger.intend(intent(quote=30, wage=True))
        await ledger.settle(settlement(paid, cost=20, wage=True), KEY)
        await ledger.intend(intent(quote=1000))
    with closing(opened(tmp_path)) as ledger:
        assert ledger.spent.wages == Usd(50)
        assert ledger.spent.usd == Usd(1000)


async def test_a_person_who_has_not_answered_costs_nothing_at_the_next_start(
    tmp_path: Path,
) -> None:
    with closing(opened(tmp_path)) as ledger:
        number = await ledger.intend(intent(quote=30, wage=True))
        await ledger.settle(Settlement(number, True, "waiting", Usd(0), UNUSED, 0.0), KEY)
    with closing(opened(tmp_path)) as ledger:
        assert ledger.spent.wages == Usd(0)


async def test_the_attempts_of_a_run_at_work_are_left_alone(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as working:
        number = await working.intend(intent(quote=500))
        with closing(opened(tmp_path, name="another run")) as other:
            assert other.spent.usd == Usd(0)
        await working.settle(settlement(number, cost=60), KEY)
    with closing(opened(tmp_path)) as ledger:
        assert ledger.spent.usd == Usd(60)


async def test_settling_says_how_many_were_open(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as ledger:
        for _ in range(3):
            await ledger.intend(intent())
    engine = connect(url_of(tmp_path))
    assert settle_unknown(engine, "another run") == 0
    assert settle_unknown(engine, RUN.name) == 3
    assert settle_unknown(engine, RUN.name) == 0
    engine.dispose()


async def numbers(ledger: Ledger) -> list[int]:
    return [
        ledger.reserve(KEY, Usd(1), Usd(1)),
        await ledger.intend(intent()),
        ledger.reserve(KEY, Usd(1), Usd(1)),
        await ledger.intend(intent()),
    ]


async def test_numbers_never_repeat_over_starts_and_runs(tmp_path: Path) -> None:
    found: list[int] = []
    for _ in range(3):
        with closing(opened(tmp_path)) as ledger:
            found += await numbers(ledger)
            with closing(opened(tmp_path, name="another run")) as other:
                found += await numbers(other)
                found += await numbers(ledger)
    assert len(set(found)) == len(found) == 36
    assert max(found) < 2**63
    assert rows(tmp_path, "SELECT count(*) FROM attempt") == [(18,)]
    assert rows(tmp_path, "SELECT count(*) FROM reservation") == [(18,)]


async def test_a_resumed_run_decides_by_its_first_fit(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as ledger:
        assert ledger.fit("k") is None
        await ledger.add_fit("k", "first", '[["r1","label"]]')
        await ledger.add_fit("k", "second", "[]")
        await ledger.add_fit("k2", "other gold", "[]")
    with closing(opened(tmp_path)) as ledger:
        stored = ledger.fit("k")
        assert stored is not None
        assert stored.body == "first"
        assert stored.rows == {KEY}
    with closing(opened(tmp_path, name="another run")) as other:
        assert other.fit("k") is None


async def test_votes_serve_every_run_and_decisions_only_their_own(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as ledger:
        assert not ledger.has_votes
        await ledger.add_vote(VOTE, KEY)
        ledger.decide(Decision(KEY, Status.LABELLED, "good"), "b")
    with closing(opened(tmp_path, name="another run")) as other:
        assert other.has_votes
        assert other.votes([KEY]) == {KEY: [VOTE]}
        assert other.decisions([KEY]) == {}


async def test_the_last_decision_of_a_run_counts(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as ledger:
        ledger.decide(Decision(KEY, Status.PENDING), "before")
        ledger.decide(Decision(KEY, Status.LABELLED, "good"), "after")
        ledger.decide(Decision(CandidateKey("r1", "other"), Status.FAILED), "x")
        await ledger.flush()
        found = ledger.decisions([KEY])
    assert list(found) == [KEY]
    assert found[KEY].basis == "after"
    assert found[KEY].decision.status is Status.LABELLED


@pytest.mark.parametrize("starts", [1, 2])
def test_an_empty_run_has_spent_nothing(tmp_path: Path, starts: int) -> None:
    for _ in range(starts):
        with closing(open_ledger(url_of(tmp_path), RUN)) as ledger:
            assert (ledger.spent.usd, ledger.spent.wages) == (Usd(0), Usd(0))
