"""Gold belongs to a text: rows that moved, sheets that slipped, two people at once."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cli_desk import Desk

pytest_plugins = ("cli_desk",)

GOLD = ("gold", "reviews.csv", "--task", "task.toml")


@pytest.fixture
def told(desk: Desk) -> Desk:
    """Six reviews without ids in the file, all with gold in the ledger."""
    desk.write("task.toml", (desk.folder / "task.toml").read_text().replace('id = "id"\n', ""))
    desk.write("reviews.csv", "text,gold\n" + "".join(f"text {n},\n" for n in range(6)))
    assert desk.run(*GOLD, "--n", "6", typed="1\n" * 6).code == 0
    return desk


def test_gold_does_not_move_to_another_text(told: Desk) -> None:
    assert told.run("check", *told.files()).code == 0
    told.write("reviews.csv", "text,gold\n" + "".join(f"text {n},\n" for n in range(5, -1, -1)))
    for command in ("check", "estimate", "label"):
        done = told.run(command, *told.files())
        assert done.code != 0, command
        assert "reviews.csv:2: id '1' was given the gold 'good' for another text" in done.err


def test_what_was_edited_is_asked_about_again(told: Desk) -> None:
    told.change("reviews.csv", "text 2", "  text   2")
    assert told.run("check", *told.files()).code == 0
    told.change("reviews.csv", "text 3", "another text")
    done = told.run(*GOLD, "--n", "6", typed="2\n")
    assert "The text of 1 candidate is not the one that gold was given for" in done.out
    assert "Review: another text" in done.out
    assert "6 rows with gold: good 5, bad 1." in done.out
    assert told.run("check", *told.files()).code == 0


def test_a_sheet_whose_texts_slipped_is_refused_and_one_without_texts_taken(desk: Desk) -> None:
    desk.write_reviews(6)
    assert desk.run(*GOLD, "--n", "6", "--sheet", "sheet.csv").code == 0
    with (desk.folder / "sheet.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [{**row, "label": "bad"} for row in csv.DictReader(file)]
    slipped = [row["id"] for row in reversed(rows)]
    moved = [{**row, "id": identity} for row, identity in zip(rows, slipped, strict=True)]
    write(desk, moved, list(rows[0]))
    done = desk.run(*GOLD, "--from", "sheet.csv")
    assert done.code == 2
    assert "sheet.csv:2: the text beside id" in done.err
    assert desk.ledger("SELECT count(*) FROM gold WHERE label IS NOT NULL") == [(0,)]
    write(desk, rows, ["id", "label"])
    done = desk.run(*GOLD, "--from", "sheet.csv")
    assert "6 new answers" in done.out


def write(desk: Desk, rows: list[dict[str, str]], columns: list[str]) -> None:
    with (desk.folder / "sheet.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def test_a_sheet_that_cannot_be_written_draws_nothing(desk: Desk) -> None:
    desk.write_reviews(6)
    done = desk.run(*GOLD, "--sheet", "nowhere/sheet.csv")
    assert done.code == 2
    assert "nowhere/sheet.csv: cannot be written: no such folder" in done.err
    assert not (desk.folder / "reviews.labelled.ledger.db").exists()


def test_after_a_sheet_the_next_command_draws_no_more(desk: Desk) -> None:
    desk.write_reviews(40)
    assert desk.run(*GOLD, "--n", "3", "--sheet", "sheet.csv").code == 0
    done = desk.run(*GOLD, "--from", "sheet.csv")
    assert "3 wait; go on with:\n  stepladder gold reviews.csv --task task.toml --n 3\n" in done.out


def test_with_an_output_of_ones_own_gold_elsewhere_is_named(desk: Desk) -> None:
    desk.write_reviews(6)
    assert desk.run(*GOLD, "--n", "6", typed="1\n" * 6).code == 0
    done = desk.run("label", *desk.files(), "--out", "mine.csv")
    there = "sqlite:///reviews.labelled.ledger.db"
    assert f"6 rows of gold for these candidates are in {there}; give --ledger {there}" in done.err
    assert "rows of gold" not in desk.run("label", *desk.files()).err


def test_a_ledger_of_other_labels_stops_the_check(desk: Desk) -> None:
    desk.write_reviews(6)
    assert desk.run(*GOLD, "--n", "6", typed="1\n" * 6).code == 0
    desk.change("task.toml", 'labels = ["good", "bad"]', 'labels = ["good", "bad", "mixed"]')
    done = desk.run("check", *desk.files())
    assert done.code != 0
    assert "made for labels good, bad; other labels need another --ledger" in done.err + done.out
