"""Draws from a file and the ledger that keeps them: how they fit together when the file changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from stepladder.engine.gold_draw import Deck, DrawWish, draw_deck
from stepladder.engine.gold_frame import frame_of
from stepladder.engine.gold_session import GoldSession
from stepladder.ledger import GoldBook, RunStart, open_for_gold
from stepladder.task import Task
from stepladder.task.candidates_file import CandidatesFile
from stepladder.types import NOTHING

TASK = Task.model_validate(
    {
        "name": "moods",
        "instructions": "?",
        "labels": ["good", "bad"],
        "columns": {"id": "id", "group": "author", "question": "asked"},
    }
)
START = RunStart("s", "moods", '["good","bad"]', "", "", "{}", 0, NOTHING, NOTHING, "0")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[GoldBook]:
    made = open_for_gold(f"sqlite:///{tmp_path / 'gold.db'}", START)
    yield made
    made.close()


def file(folder: Path, *groups: int, name: str = "rows.csv") -> CandidatesFile:
    """Groups of these sizes; each candidate is asked two things."""
    lines = [
        f"a{group}-{n},text,a{group},{asked}"
        for group, size in enumerate(groups)
        for n in range(size)
        for asked in ("food", "noise")
    ]
    (folder / name).write_text("\n".join(["id,text,author,asked", *lines, ""]), encoding="utf-8")
    return CandidatesFile(folder / name, TASK)


def drawn(book: GoldBook, candidates: CandidatesFile, rows: int) -> Deck:
    return draw_deck(book, candidates, frame_of(candidates), DrawWish(rows, 0))


def chances(deck: Deck) -> set[float]:
    return {asked.entry.probability for asked in deck.asked}


def test_questions_of_a_group_are_drawn_with_it(book: GoldBook, tmp_path: Path) -> None:
    deck = drawn(book, file(tmp_path, *[2] * 10), 8)
    assert (len(deck.asked), deck.new, chances(deck)) == (8, 8, {0.2})
    groups = [asked.candidate.group for asked in deck.asked]
    assert groups == sorted(groups, key=groups.index)
    assert len(set(groups)) == 2


def test_a_file_that_has_grown_keeps_what_was_drawn_and_adds_to_it(
    book: GoldBook, tmp_path: Path
) -> None:
    before = drawn(book, file(tmp_path, *[1] * 10), 8)
    grown = file(tmp_path, *[1] * 20, name="grown.csv")
    after = drawn(book, grown, 16)
    assert {a.candidate.key for a in before.asked} <= {a.candidate.key for a in after.asked}
    # What both could draw has the larger chance; here they are the same.
    assert chances(after) == {0.4}
    smaller = drawn(book, grown, 8)
    assert chances(smaller) == {0.4}
    assert smaller.new == 0


def test_rows_that_the_file_has_lost_are_not_asked_about(book: GoldBook, tmp_path: Path) -> None:
    drawn(book, file(tmp_path, *[1] * 10), 20)
    deck = drawn(book, file(tmp_path, *[1] * 4, name="less.csv"), 8)
    assert len(deck.asked) == 8
    assert deck.new == 0


def test_a_session_of_all_steps(book: GoldBook, tmp_path: Path) -> None:
    candidates = file(tmp_path, 1, 1)
    session = GoldSession(drawn(book, candidates, 4), book.add, book.entries)
    first = session.next()
    session.skip()
    session.answer("good")
    assert session.undo()
    assert session.undo()
    assert session.next() == first
    assert not session.undo()
    assert {entry.label for entry in book.entries().values()} == {None}
    for label in ("good", "bad", "bad", "good"):
        session.answer(label)
    assert session.next() is None
    assert session.undo()
    assert len(session.labels) == 3
    again = GoldSession(drawn(book, candidates, 4), book.add, book.entries)
    assert again.labels == session.labels
    assert again.total == 4


def test_all_rows_of_a_larger_draw_say_that_they_are_of_it(book: GoldBook, tmp_path: Path) -> None:
    candidates = file(tmp_path, *[1] * 10)
    deck = drawn(book, candidates, 4)
    digests = {asked.entry.draw for asked in deck.asked}
    larger = draw_deck(book, candidates, frame_of(candidates), replace(DrawWish(4, 0), rows=8))
    assert digests.isdisjoint({asked.entry.draw for asked in larger.asked})


def test_two_sessions_at_once_are_not_shown_what_the_other_answered(
    book: GoldBook, tmp_path: Path
) -> None:
    deck = drawn(book, file(tmp_path, *[1] * 10), 20)
    alice = GoldSession(deck, book.add, book.entries, "alice")
    bob = GoldSession(deck, book.add, book.entries, "bob")
    answered = []
    while (shown := alice.next()) is not None:
        answered.append(shown.key)
        alice.answer("good")
        if (other := bob.next()) is not None:
            answered.append(other.key)
            bob.answer("bad")
    assert len(answered) == len(set(answered)) == 20
    assert bob.next() is None
    assert alice.labels == bob.labels
    assert len(alice.labels) == 20
    assert sorted(alice.labels.values()) == ["bad"] * 10 + ["good"] * 10


def test_sessions_of_different_names_begin_at_different_candidates(
    book: GoldBook, tmp_path: Path
) -> None:
    deck = drawn(book, file(tmp_path, *[1] * 10), 20)
    begun = [GoldSession(deck, book.add, book.entries, name).next() for name in "abcdef"]
    assert len({one.key for one in begun if one is not None}) > 2
    assert GoldSession(deck, book.add, book.entries).next() == deck.asked[0].candidate
