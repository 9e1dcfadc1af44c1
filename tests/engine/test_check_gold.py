"""What is said of gold from which little can be learnt."""

from __future__ import annotations

import pytest

from stepladder.engine.check_gold import GoldLook
from stepladder.task import Task
from stepladder.types import Candidate

TASK = Task.model_validate(
    {"name": "moods", "instructions": "?", "labels": ["good", "bad", "mixed"]}
)


def looked(*gold: str | None, groups: str = "", texts: str = "", question: str = "") -> GoldLook:
    """A look at candidates with this gold; a letter of `groups` and `texts` for each."""
    look = GoldLook(TASK)
    for place, label in enumerate(gold):
        look.at(
            place,
            Candidate(
                id=f"r{place}",
                columns={"text": texts[place : place + 1] or f"text {place}"},
                question=question[place : place + 1] or "label",
                group=groups[place : place + 1],
                gold=label,
            ),
        )
    return look


def test_gold_of_all_labels_in_several_groups_is_fine() -> None:
    look = looked("good", "bad", "mixed", "bad", None)
    assert look.gaps() == ()
    assert look.contradictions() == ()


def test_no_gold_is_not_called_poor() -> None:
    assert looked(None, None).gaps() == ()
    assert looked().gaps() == ()


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (looked("good", "bad"), "no row of gold has the label 'mixed': its probability"),
        (looked("good", "good"), "all gold has the label 'good': nothing can be calibrated"),
        (
            looked("good", "bad", "mixed", None, groups="gggh"),
            "all gold is in one group, 'g': nothing can be calibrated",
        ),
    ],
)
def test_what_cannot_be_learnt_is_named_with_a_remedy(look: GoldLook, said: str) -> None:
    (message,) = look.gaps()
    assert said in message
    assert "`stepladder gold` draws more at random" in message


def test_a_file_of_one_group_is_not_mended_by_more_gold() -> None:
    look = looked("good", "bad", "mixed", None, groups="gggg")
    (message,) = look.gaps()
    assert "all rows are of one group, 'g'" in message
    assert "name a `group` column with several values" in message
    assert "draws more" not in message


def test_one_text_of_one_group_with_two_labels_is_a_contradiction() -> None:
    look = looked("good", "bad", "bad", groups="ggg", texts="aab")
    (message,) = look.contradictions()
    assert "id 'r0' is 'good' but id 'r1' is 'bad'" in message


@pytest.mark.parametrize(
    "look",
    [
        looked("good", "bad", groups="gh", texts="aa"),
        looked("good", "bad", groups="gg", texts="ab"),
        looked("good", "bad", groups="gg", texts="aa", question="xy"),
        looked("good", "good", groups="gg", texts="aa"),
        looked("good", None, groups="gg", texts="aa"),
    ],
)
def test_other_texts_groups_or_questions_contradict_nothing(look: GoldLook) -> None:
    assert look.contradictions() == ()


def test_many_contradictions_are_counted_and_the_first_named() -> None:
    look = looked(*["good", "bad"] * 5, groups="g" * 10, texts="aabbccddee")
    (message,) = look.contradictions()
    assert message.count(" but ") == 3
    assert "and 2 more" in message
