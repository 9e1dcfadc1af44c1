"""`schema_1.sql` is a ledger that stepladder wrote when its schema was 1, killed in the middle.

The run `reviews` began three times (its third start is the ledger's third) and `other` once.
Each candidate's answer cost 60, each person's 20; one attempt of 1000 was lost by each start
of `reviews`, and the second start has settled the first one's.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from ledger_cases import GOLD, RUN, Place, opened, rows, url_of
from sqlalchemy import text

from stepladder.ledger import connect, explain, open_for_gold
from stepladder.ledger.schema import SCHEMA_VERSION
from stepladder.types import CandidateKey, Posterior, Source, Status, Usage, Usd

pytest_plugins = ("ledger_homes",)

OLD = Path(__file__).with_name("schema_1.sql")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "run.db")) as connection:
        connection.executescript(OLD.read_text(encoding="utf-8"))
    return tmp_path


def key(name: str) -> CandidateKey:
    return CandidateKey(name, "label")


async def test_money_of_an_old_ledger_is_kept_and_its_lost_attempts_settled(folder: Path) -> None:
    with closing(opened(folder)) as ledger:
        assert ledger.spent.usd == Usd(5 * 60 + 1000 + 1000)
        assert ledger.spent.wages == Usd(2 * 20)
    with closing(opened(folder, name="other")) as ledger:
        assert ledger.spent.usd == Usd(60)
        assert ledger.spent.wages == Usd(20)


async def test_answers_of_an_old_ledger_are_there(folder: Path) -> None:
    with closing(opened(folder)) as ledger:
        found = await ledger.votes([key("r0"), key("r2")])
        assert [vote.key for vote in found[key("r0")]] == ["k0", "k0", "kp", "k0"]
        assert [vote.key for vote in found[key("r2")]] == ["k2", "kp"]
        vote = found[key("r2")][0]
        assert (vote.label, vote.cost, vote.usage) == ("good", Usd(60), Usage(9, 0, 0, 1))
        assert vote.confidence.source is Source.TOKEN_PROBABILITIES
        assert vote.confidence.by_label == {"good": 0.75, "bad": 0.25}
        fit = await ledger.fit("f")
        assert fit is not None
        assert fit.rows == {key("r0")}


async def test_the_last_decisions_of_an_old_ledger_stand(folder: Path) -> None:
    with closing(opened(folder)) as ledger:
        found = await ledger.decisions([key("r0"), key("r1"), key("r2")])
        assert [found[key(name)].decision.status for name in ("r0", "r1", "r2")] == [
            Status.LABELLED,
            Status.ABSTAINED,
            Status.ABSTAINED,
        ]
        assert found[key("r0")].decision.posterior == Posterior(("good", "bad"), (0.75, 0.25))
        assert {one.key.id: one.status for one in ledger.each_decided()} == {
            "r0": Status.LABELLED,
            "r1": Status.ABSTAINED,
            "r2": Status.ABSTAINED,
        }


async def test_a_ledger_of_schema_2_goes_on_with_a_table_for_intakes(home: Place) -> None:
    with closing(opened(home)) as ledger:
        await ledger.add_fit("k", "{}", "[]")
    set_back(home, 2, "DROP TABLE intake", "DROP TABLE gold")
    with closing(opened(home)) as ledger:
        assert await ledger.fit("k") is not None
        await ledger.add_intake("k", "{}")
    assert rows(home, "SELECT body FROM intake") == [("{}",)]
    assert rows(home, "SELECT version FROM schema_version") == [(SCHEMA_VERSION,)]


async def test_a_ledger_of_schema_3_goes_on_with_a_table_for_gold(home: Place) -> None:
    with closing(opened(home)) as ledger:
        await ledger.add_fit("k", "{}", "[]")
    new = _columns(home)
    set_back(home, 3, "DROP TABLE gold")
    with closing(open_for_gold(url_of(home), replace(RUN, name="gold"))) as book:
        book.add([GOLD])
        assert book.entries() == {GOLD.key: GOLD}
    assert _columns(home) == new
    assert rows(home, "SELECT version FROM schema_version") == [(SCHEMA_VERSION,)]
    with closing(opened(home)) as ledger:
        assert await ledger.fit("k") is not None


def set_back(place: Place, version: int, *statements: str) -> None:
    """Make the ledger one of an earlier schema."""
    engine = connect(url_of(place))
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.execute(text("UPDATE schema_version SET version = :v"), {"v": version})
    engine.dispose()


def _columns(place: Place) -> list[tuple[object, ...]]:
    """The table of gold as the database has it."""
    if isinstance(place, str):
        return rows(
            place,
            "SELECT column_name, data_type, is_nullable FROM information_schema.columns"
            " WHERE table_name = 'gold' UNION ALL"
            " SELECT indexname, '', '' FROM pg_indexes WHERE tablename = 'gold' ORDER BY 1",
        )
    return rows(place, "SELECT name, type, \"notnull\" FROM pragma_table_info('gold')")


def test_every_row_of_an_old_ledger_belongs_to_the_start_that_wrote_it(folder: Path) -> None:
    opened(folder, name="a new run").close()
    written = "SELECT id / 4294967296, count(*) FROM {} GROUP BY 1 ORDER BY 1"
    assert rows(folder, written.format("vote")) == [(1, 4), (2, 2), (3, 3)]
    assert rows(folder, written.format("decision")) == [(1, 4), (2, 2), (3, 3)]
    assert rows(folder, written.format("attempt")) == [(1, 5), (2, 2), (3, 4)]
    engine = connect(url_of(folder))
    (found,) = explain(engine, "r1")
    engine.dispose()
    assert [row["run"] for row in found.votes] == ["reviews"] * 3


def test_a_migrated_ledger_is_made_like_a_new_one(folder: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    opened(new).close()
    opened(folder).close()
    tables = rows(new, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    assert rows(folder, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") == (
        tables
    )
    for (table,) in tables:
        for about in (f"PRAGMA table_info({table})", f"PRAGMA index_list({table})"):
            old = {row[1:4] for row in rows(folder, about)}
            assert old == {row[1:4] for row in rows(new, about)}, about


async def test_an_old_ledger_can_be_written_to(folder: Path) -> None:
    with closing(opened(folder)) as ledger:
        vote = (await ledger.votes([key("r0")]))[key("r0")][0]
        ledger.add_vote(vote, key("r9"))
        await ledger.flush()
        assert await ledger.votes([key("r9")]) == {key("r9"): [vote]}


async def test_gold_of_schema_4_goes_on_without_knowing_what_it_was_given_for(home: Place) -> None:
    with closing(open_for_gold(url_of(home), replace(RUN, name="gold"))) as book:
        book.add([GOLD])
    new = _columns(home)
    set_back(home, 4, "ALTER TABLE gold DROP COLUMN seen")
    with closing(open_for_gold(url_of(home), replace(RUN, name="gold"))) as book:
        assert book.entries() == {GOLD.key: GOLD}
        book.add([replace(GOLD, seen={"text": "abc"})])
        assert book.entries()[GOLD.key].seen == {"text": "abc"}
    assert _columns(home) == new
