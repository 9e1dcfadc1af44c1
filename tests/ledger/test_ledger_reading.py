from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from ledger_cases import KEY, VOTE, intent, opened, settlement, url_of
from sqlalchemy import Engine, event

from stepladder.ledger import Settlement, connect, explain, runs
from stepladder.types import UNUSED, CandidateKey, Decision, Labelled, Status, Usage, Usd

OTHER = CandidateKey("r1", "service")


async def test_votes_of_more_candidates_than_one_query_can_name(tmp_path: Path) -> None:
    keys = [CandidateKey(f"r{i % 500}", question) for i in range(500) for question in ("a", "b")]
    with closing(opened(tmp_path)) as ledger:
        wanted = {key: replace(VOTE, text=f"{key.id} {key.question}") for key in keys}
        await asyncio.gather(*(ledger.add_vote(vote, key) for key, vote in wanted.items()))
        await ledger.add_vote(VOTE, CandidateKey("r1", "not asked for"))
        for key in keys:
            ledger.decide(Decision(key, Status.LABELLED, "good"), key.question)
        await ledger.flush()
        assert ledger.votes(keys) == {key: [vote] for key, vote in wanted.items()}
        assert {key: found.basis for key, found in ledger.decisions(keys).items()} == {
            key: key.question for key in keys
        }
        assert ledger.votes([*keys[:3], *keys[:3]]) == {k: [wanted[k]] for k in keys[:3]}
        assert ledger.votes([]) == {}


async def test_explain_tells_all_about_a_candidate_by_question(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as ledger:
        first = await ledger.intend(intent(KEY, quote=100))
        failed = Settlement(first, False, "refunded", Usd(0), UNUSED, 0.1, "429: slow down")
        await ledger.settle(failed, KEY)
        second = await ledger.intend(intent(KEY, quote=100))
        await ledger.settle(settlement(second, cost=60), KEY, VOTE)
        await ledger.intend(intent(OTHER, quote=100))
        ledger.decide(Decision(KEY, Status.LABELLED, "good", 0.9, route=("Small",)), "b")
        await ledger.add_vote(VOTE, CandidateKey("r11", "label"))
    engine = connect(url_of(tmp_path), must_exist=True)
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


async def test_a_running_ledger_can_be_looked_into(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as ledger:
        await ledger.add_vote(VOTE, KEY)
        engine = connect(url_of(tmp_path), must_exist=True)
        assert len(explain(engine, "r1")) == 1
        assert [row["name"] for row in runs(engine)] == ["reviews"]
        engine.dispose()
        await ledger.add_vote(VOTE, KEY)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that any engine sends while this is open."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


async def test_entries_are_only_ever_added(tmp_path: Path) -> None:
    with statements() as seen:
        for _ in range(2):
            with closing(opened(tmp_path)) as ledger:
                ledger.reserve(KEY, Usd(1), Usd(1))
                number = await ledger.intend(intent())
                await ledger.settle(settlement(number), KEY, replace(VOTE, outcome=Labelled("bad")))
                await ledger.intend(intent())
                await ledger.add_fit("k", "{}", "[]")
                ledger.decide(Decision(KEY, Status.PENDING, usage=Usage()), "b")
                await ledger.flush()
                ledger.votes([KEY])
                ledger.decisions([KEY])
    changes = [s for s in seen if re.match(r"\s*(UPDATE|DELETE|REPLACE|DROP|ALTER)", s, re.I)]
    assert [s for s in changes if "schema_version" not in s] == []
    assert not any("OR REPLACE" in s.upper() for s in seen)
    inserted = {m[1] for s in seen if (m := re.match(r"INSERT INTO (\w+)", s))}
    assert inserted == {
        *("schema_version", "run", "reservation", "attempt"),
        *("settlement", "vote", "fit", "decision"),
    }


@pytest.mark.parametrize("table", ["vote", "decision"])
async def test_a_resume_looks_candidates_up_rather_than_reading_all(
    tmp_path: Path, table: str
) -> None:
    with statements() as seen, closing(opened(tmp_path)) as ledger:
        ledger.votes([KEY])
        ledger.decisions([KEY])
    query = next(s for s in seen if re.search(rf"FROM {table}\s+WHERE.*candidate", s))
    engine = connect(url_of(tmp_path))
    with engine.connect() as connection:
        given = tuple("x" for _ in range(query.count("?")))
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", given).all()
    engine.dispose()
    assert "SEARCH" in str(plan[0])
    assert "candidate=?" in str(plan[0])
