"""`stepladder init`: files to edit, guessed from the columns, and never overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stepladder.policy import load_policy
from stepladder.task import load_task

if TYPE_CHECKING:
    from cli_desk import Desk

pytest_plugins = ("cli_desk",)

TICKETS = """\
ticket_id,author,message,category,priority
t-1,ann,My parcel never came and nobody answers.,delivery,1
t-2,ben,The bill is wrong again this month.,billing,2
t-3,ann,Where do I change my address?,account,1
t-4,cem,You charged me twice for one pair of socks.,billing,3
"""


@pytest.fixture
def empty(desk: Desk) -> Desk:
    """The desk without the files that init writes."""
    for name in ("task.toml", "policy.toml", "answers.csv"):
        (desk.folder / name).unlink()
    return desk


def test_columns_are_guessed_from_names_and_contents(empty: Desk) -> None:
    empty.write("tickets.csv", TICKETS)
    done = empty.run("init", "tickets.csv")
    assert done.code == 0
    task = load_task(empty.folder / "task.toml")
    assert task.name == "tickets"
    assert task.text == "{message}"
    assert task.columns.id == "ticket_id"
    assert task.columns.gold == "category"
    assert task.columns.group == "author"
    assert task.columns.question is None
    assert task.label_names == ("account", "billing", "delivery")


def test_every_key_is_explained(empty: Desk) -> None:
    empty.write("tickets.csv", TICKETS)
    empty.run("init", "tickets.csv")
    lines = empty.text("task.toml").splitlines()
    for number, line in enumerate(lines):
        if line and line[0] not in '#"' and not line.endswith('= ""'):
            assert "#" in line or lines[number - 1].startswith("#"), line


def test_what_it_writes_lacks_nothing_but_a_key(empty: Desk) -> None:
    empty.write("tickets.csv", TICKETS)
    empty.run("init", "tickets.csv", "--policy", "single-model")
    files = ("tickets.csv", "--task", "task.toml", "--policy", "policy.toml")
    done = empty.run("check", *files)
    (error,) = done.errors
    assert "annotators.model: environment variable OPENAI_API_KEY holds no API key" in error


def test_without_gold_the_labels_are_placeholders_that_check_complains_about(empty: Desk) -> None:
    empty.write("notes.csv", "note\nfirst thing\nsecond thing\n")
    empty.run("init", "notes.csv", "--policy", "single-model")
    task = load_task(empty.folder / "task.toml")
    assert len(task.label_names) == 2
    assert task.columns.id is None
    done = empty.run("check", "--task", "task.toml", "--policy", "policy.toml")
    assert [line for line in done.errors if "a placeholder; write your own labels" in line]


@pytest.mark.parametrize("name", ["local-only", "single-model", "small-large-human", "three-agree"])
def test_the_policy_is_a_copy_of_a_shipped_one(empty: Desk, name: str) -> None:
    empty.run("init", "reviews.csv", "--policy", name)
    assert load_policy(empty.folder / "policy.toml") == load_policy(name)


def test_a_person_gets_a_file_to_answer_in(empty: Desk) -> None:
    empty.run("init", "reviews.csv", "--policy", "small-large-human")
    assert empty.text("answers.csv") == "id,label\n1,\n"


def test_answers_that_are_there_are_kept(empty: Desk) -> None:
    empty.write("answers.csv", "id,label\n3,bad\n")
    assert empty.run("init", "reviews.csv", "--force").code == 0
    assert empty.text("answers.csv") == "id,label\n3,bad\n"


def test_nothing_is_overwritten_without_force(desk: Desk) -> None:
    before = desk.text("task.toml")
    done = desk.run("init", "reviews.csv")
    assert done.code == 2
    assert done.errors == ["task.toml: exists already; give --force to overwrite it"]
    assert desk.text("task.toml") == before
    assert desk.run("init", "reviews.csv", "--force").code == 0
    assert desk.text("task.toml") != before


def test_another_folder(desk: Desk) -> None:
    assert desk.run("init", "reviews.csv", "--out-dir", "sub/dir").code == 0
    assert (desk.folder / "sub/dir/policy.toml").exists()


def test_an_unknown_policy_names_the_nearest(empty: Desk) -> None:
    done = empty.run("init", "reviews.csv", "--policy", "local-olny")
    assert done.code == 2
    assert "did you mean 'local-only'?" in done.errors[0]
    assert not (empty.folder / "task.toml").exists()


@pytest.mark.parametrize("label", ['say "hi"', "back\\slash", "naïve 😀", "key = 1", "[x]", "a.b"])
def test_labels_of_any_kind_are_valid_toml(empty: Desk, label: str) -> None:
    quoted = label.replace('"', '""')
    empty.write("odd.csv", f'text,label\nsome longer text,"{quoted}"\nanother text here,plain\n')
    assert empty.run("init", "odd.csv").code == 0
    assert label in load_task(empty.folder / "task.toml").label_names


def test_a_file_without_rows_is_refused(empty: Desk) -> None:
    empty.write("none.csv", "a,b\n")
    done = empty.run("init", "none.csv")
    assert done.code == 2
    assert "none.csv: empty" in done.errors[0]
