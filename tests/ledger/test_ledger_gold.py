"""Gold in the ledger: rows are added, the last one counts, and runs are not disturbed."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from ledger_cases import GOLD, KEY, RUN, VOTE, Place, opened, rows, url_of
from sqlalchemy import text

from stepladder.errors import LedgerBusyError, LedgerError, LedgerMismatchError
from stepladder.ledger import GoldBook, connect, open_for_gold
from stepladder.types import CandidateKey, Labelled, Reason, Unlabelled, Usd

pytest_plugins = ("ledger_homes",)

OTHER = replace(GOLD, key=CandidateKey("r2", "label"), label=None)


def book(place: Place, name: str = "gold", **changes: Any) -> GoldBook:
    return open_for_gold(url_of(place), replace(RUN, name=name, **changes))


def test_the_last_row_of_a_candidate_counts_and_none_is_changed(home: Place) -> None:
    with closing(book(home)) as first:
        first.add([GOLD, OTHER])
        first.add([replace(GOLD, label=None)])
        assert first.entries()[GOLD.key].label is None
    with closing(book(home)) as second:
        second.add([replace(GOLD, label="bad", probability=0.5)])
        assert list(second.entries().values()) == [
            OTHER,
            replace(GOLD, label="bad", probability=0.5),
        ]
    assert rows(home, "SELECT label, probability FROM gold ORDER BY id") == [
        ("good", 0.25),
        (None, 0.25),
        (None, 0.25),
        ("bad", 0.5),
    ]


def test_questions_of_one_candidate_have_gold_of_their_own(home: Place) -> None:
    asked = replace(GOLD, key=CandidateKey(KEY.id, "food"), label="bad")
    with closing(book(home)) as one:
        one.add([GOLD, asked])
        assert {entry.label for entry in one.entries().values()} == {"good", "bad"}


async def test_a_run_in_progress_does_not_stand_in_the_way(home: Place) -> None:
    with closing(opened(home)) as run, closing(book(home)) as session:
        session.add([GOLD])
        run.add_vote(VOTE, KEY)
        await run.flush()
        assert session.entries() == {KEY: GOLD}
    with closing(opened(home)) as again:
        assert again.spent.usd == Usd(0)
        assert KEY in await again.votes([KEY])


def test_one_session_of_a_name_at_a_time(home: Place) -> None:
    with closing(book(home)) as first, closing(book(home, "another")) as other:
        with pytest.raises(LedgerBusyError, match="another --run name"):
            book(home)
        first.add([GOLD])
        other.add([OTHER])
        assert set(first.entries()) == {GOLD.key, OTHER.key}
    book(home).close()


def test_another_task_is_refused_in_both_directions(home: Place) -> None:
    book(home).close()
    with pytest.raises(LedgerMismatchError, match="made by task 'sentiment', not 'other'"):
        book(home, task="other")
    with pytest.raises(LedgerMismatchError, match="made for labels good, bad"):
        opened(home, labels='["good"]')
    # A failed opening leaves no lock behind.
    book(home).close()


def test_nothing_is_added_by_nothing(home: Place) -> None:
    with closing(book(home)) as one:
        one.add([])
        assert one.entries() == {}


@pytest.mark.parametrize(
    ("change", "said"),
    [("probability = 7", "7.* is no probability"), ("origin = 'dream'", "'dream' is not a valid")],
)
def test_a_row_that_stepladder_cannot_have_written_is_named(
    home: Place, change: str, said: str
) -> None:
    with closing(book(home)) as one:
        one.add([GOLD])
        engine = connect(url_of(home))
        with engine.begin() as connection:
            connection.execute(text(f"UPDATE gold SET {change}"))  # noqa: S608
        engine.dispose()
        with pytest.raises(LedgerError, match=f"gold about candidate 'r1' cannot be read: {said}"):
            one.entries()


async def test_cheap_labels_are_those_of_the_first_annotator_that_gave_one(home: Place) -> None:
    two, three = CandidateKey("r2", "label"), CandidateKey("r3", "label")
    failed = replace(VOTE, outcome=Unlabelled(Reason.EMPTY))
    with closing(opened(home)) as run:
        run.add_vote(failed, KEY)
        run.add_vote(replace(VOTE, outcome=Labelled("bad")), KEY)
        run.add_vote(VOTE, KEY)
        run.add_vote(failed, two)
        run.add_vote(replace(VOTE, annotator="large"), two)
        run.add_vote(replace(VOTE, annotator="stranger"), three)
        run.add_vote(replace(VOTE, variant="options-1"), three)
        run.add_vote(replace(VOTE, sample=1), three)
        await run.flush()
    with closing(book(home)) as one:
        assert one.labels_given(["small", "large"]) == {KEY: "bad", two: "good"}
