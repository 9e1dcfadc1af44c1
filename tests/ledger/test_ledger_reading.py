from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ledger_cases import KEY, VOTE, Place, intent, opened, rows, settlement, url_of
from sqlalchemy import Engine, event

from stepladder.ledger import DecidedKey, Ledger, Settlement, connect, explain, runs, schema
from stepladder.ledger.read import intake
from stepladder.types import UNUSED, CandidateKey, Decision, Labelled, Status, Usage, Usd

pytest_plugins = ("ledger_homes",)

OTHER = CandidateKey("r1", "service")


async def test_votes_of_more_candidates_than_one_query_can_name(home: Place) -> None:
    keys = [CandidateKey(f"r{i % 500}", question) for i in range(500) for question in ("a", "b")]
    with closing(opened(home)) as ledger:
        wanted = {key: replace(VOTE, text=f"{key.id} {key.question}") for key in keys}
        for key, vote in wanted.items():
            ledger.add_vote(vote, key)
        ledger.add_vote(VOTE, CandidateKey("r1", "not asked for"))
        for key in keys:
            ledger.decide(Decision(key, Status.LABELLED, "good"), key.question)
        await ledger.flush()
        assert await ledger.votes(keys) == {key: [vote] for key, vote in wanted.items()}
        assert {key: found.basis for key, found in (await ledger.decisions(keys)).items()} == {
            key: key.question for key in keys
        }
        assert await ledger.votes([*keys[:3], *keys[:3]]) == {k: [wanted[k]] for k in keys[:3]}
        assert await ledger.votes([]) == {}


async def test_a_resume_sees_how_each_candidate_ended_last_in_this_run(home: Place) -> None:
    def decide(ledger: Ledger, candidate: str, status: Status, basis: str) -> None:
        ledger.decide(Decision(CandidateKey(candidate, "label"), status), basis)

    with closing(opened(home)) as ledger:
        for candidate in ("r1", "r2", "r3"):
            decide(ledger, candidate, Status.PENDING, "first")
        decide(ledger, "r2", Status.FAILED, "first")
    with closing(opened(home, name="another run")) as other:
        decide(other, "r3", Status.OVER_BUDGET, "its own")
    with closing(opened(home)) as ledger:
        decide(ledger, "r1", Status.ABSTAINED, "second")
        await ledger.flush()
        assert list(ledger.each_decided()) == [
            DecidedKey(CandidateKey("r3", "label"), "first", Status.PENDING),
            DecidedKey(CandidateKey("r2", "label"), "first", Status.FAILED),
            DecidedKey(CandidateKey("r1", "label"), "second", Status.ABSTAINED),
        ]


async def test_what_this_run_ever_decided_so_is_found_even_if_it_was_decided_anew(
    home: Place,
) -> None:
    final = {Status.LABELLED, Status.ABSTAINED}
    for name, status in (("reviews", Status.LABELLED), ("another run", Status.PENDING)):
        with closing(opened(home, name=name)) as ledger:
            ledger.decide(Decision(KEY, status), "b")
            ledger.decide(Decision(OTHER, Status.FAILED), "b")
    with closing(opened(home)) as ledger:
        ledger.decide(Decision(KEY, Status.PENDING), "b")
        await ledger.flush()
        assert await ledger.ever_decided(final, list) == [KEY]
    with closing(opened(home, name="another run")) as other:
        assert await other.ever_decided(final, list) == []


async def test_an_intake_is_kept_for_its_run_under_its_key_and_apart_from_fits(home: Place) -> None:
    with closing(opened(home)) as ledger:
        await ledger.add_intake("k", "first")
        await ledger.add_intake("k", "second")
        assert await ledger.fit("k") is None
    engine = connect(url_of(home))
    assert intake(engine, "reviews", "k") == "first"
    assert intake(engine, "reviews", "another key") is None
    assert intake(engine, "another run", "k") is None
    engine.dispose()


async def test_explain_tells_all_about_a_candidate_by_question(home: Place) -> None:
    with closing(opened(home)) as ledger:
        first = await ledger.intend(intent(KEY, quote=100))
        failed = Settlement(first, False, "refunded", Usd(0), UNUSED, 0.1, "429: slow down")
        ledger.settle(failed, KEY)
        second = await ledger.intend(intent(KEY, quote=100))
        ledger.settle(settlement(second, cost=60), KEY, VOTE)
        await ledger.intend(intent(OTHER, quote=100))
        ledger.decide(Decision(KEY, Status.LABELLED, "good", 0.9, route=("Small",)), "b")
        ledger.add_vote(VOTE, CandidateKey("r11", "label"))
    engine = connect(url_of(home), must_exist=True)
    label, service = explain(engine, "r1")
    nothing = explain(engine, "r2")
    engine.dispose()
    assert label.key == KEY
    assert [(row["outcome"], row["cost_pico"], row["detail"]) for row in label.attempts] == [
        ("refunded", 0, "429: slow down"),
        ("answered", 60, ""),
    ]
    assert label.attempts[1]["quote_pico"] == 100
    assert label.attempts[1]["price"] == "gpt-4o-mini 2025-01-01"
    assert (label.attempts[1]["input"], label.attempts[1]["output"]) == (9, 1)
    assert [row["label"] for row in label.votes] == ["good"]
    assert [(row["probability"], row["route"]) for row in label.decisions] == [(0.9, '["Small"]')]
    assert service.key == OTHER
    # Sent, and nothing known of it yet.
    assert [row["outcome"] for row in service.attempts] == [None]
    assert (service.votes, service.decisions) == ([], [])
    assert nothing == []


async def test_a_running_ledger_can_be_looked_into(home: Place) -> None:
    with closing(opened(home)) as ledger:
        ledger.add_vote(VOTE, KEY)
        await ledger.flush()
        engine = connect(url_of(home), must_exist=True)
        assert len(explain(engine, "r1")) == 1
        assert [row["name"] for row in runs(engine)] == ["reviews"]
        engine.dispose()
        ledger.add_vote(VOTE, KEY)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that any engine sends while this is open."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


TABLES = tuple(schema.table_of(row).name for row in schema.TABLES)


async def test_entries_are_only_ever_added(tmp_path: Path) -> None:
    earlier: set[tuple[Any, ...]] = set()
    for start in (1, 2):
        with closing(opened(tmp_path)) as ledger:
            ledger.reserve(KEY, Usd(1), Usd(1))
            number = await ledger.intend(intent())
            ledger.settle(settlement(number), KEY, replace(VOTE, outcome=Labelled("bad")))
            await ledger.intend(intent())
            await ledger.add_fit("k", "{}", "[]")
            await ledger.add_intake("k", "{}")
            ledger.decide(Decision(KEY, Status.PENDING, usage=Usage()), "b")
            await ledger.flush()
        everything = {
            (table, *row)
            for table in TABLES
            for row in rows(tmp_path, f"SELECT * FROM {table}")  # noqa: S608
        }
        assert earlier < everything
        assert rows(tmp_path, "SELECT count(*) FROM decision") == [(start,)]
        # The second start settles what the first left open.
        assert rows(tmp_path, "SELECT count(*) FROM settlement") == [(2 * start - 1,)]
        earlier = everything


@pytest.mark.parametrize("table", ["vote", "decision"])
async def test_a_resume_looks_candidates_up_rather_than_reading_all(
    tmp_path: Path, table: str
) -> None:
    with statements() as seen, closing(opened(tmp_path)) as ledger:
        await ledger.votes([KEY])
        await ledger.decisions([KEY])
    query = next(s for s in seen if re.search(rf"FROM {table}\b.*WHERE.*candidate", s, re.S))
    engine = connect(url_of(tmp_path))
    with engine.connect() as connection:
        given = tuple("x" for _ in range(query.count("?")))
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", given).all()
    engine.dispose()
    assert any(f"SEARCH {table} " in str(step) and "candidate=?" in str(step) for step in plan)
