"""What a candidate is known by."""

from __future__ import annotations

from stepladder.types import Candidate


def test_without_a_group_a_candidate_is_a_group_of_its_own() -> None:
    assert Candidate("7").group == "7"
    assert Candidate("7", group="book").group == "book"


def test_two_questions_about_one_candidate_have_two_keys() -> None:
    assert Candidate("7", question="tone").key != Candidate("7", question="topic").key
