"""`stepladder explain`: how one candidate came to its label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepladder.testing import FakeProvider

if TYPE_CHECKING:
    from cli_desk import Desk

pytest_plugins = ("cli_desk",)

LEDGER = ("--ledger", "sqlite:///reviews.labelled.ledger.db")


def test_every_attempt_vote_and_cent_is_there(desk: Desk) -> None:
    desk.label()
    done = desk.run("explain", "3", *LEDGER, "--json")
    assert done.code == 0
    (about,) = done.json["questions"]
    assert about["question"] == "label"
    assert about["usd"] == "0.09"
    weak, person = about["attempts"]
    assert (weak["annotator"], weak["outcome"], weak["usd"]) == ("weak", "answered", "0.01")
    assert (person["annotator"], person["usd"], person["wage"]) == ("person", "0.08", True)
    assert weak["price"] == "cent of 2020-01-01"
    said, written = about["votes"]
    assert (said["label"], said["reason"], said["text"]) == (None, "off_list", "perhaps")
    assert (written["label"], written["reason"]) == ("bad", None)
    (decision,) = about["decisions"]
    assert (decision["label"], decision["route"]) == ("bad", ["weak", "person"])
    assert decision["usd"] == "0.09"


def test_people_can_read_it(desk: Desk) -> None:
    desk.label()
    done = desk.run("explain", "3", *LEDGER)
    for word in ("perhaps", "off_list", "weak > person", "0.09", "a person", "cent of 2020-01-01"):
        assert word in done.out


def test_probabilities_and_raw_confidence(desk: Desk) -> None:
    with FakeProvider(labels=["good", "bad"]) as provider:
        desk.use(provider.base_url)
        desk.change("policy.toml", 'confidence = "none"', 'confidence = "token_probabilities"')
        desk.label()
    (about,) = desk.run("explain", "1", *LEDGER, "--json").json["questions"]
    confidence = about["votes"][0]["confidence"]
    assert set(confidence) == {"good", "bad"}
    assert about["votes"][0]["confidence_source"] == "token_probabilities"
    decision = about["decisions"][-1]
    assert decision["posterior"][decision["label"]] == decision["probability"]


def test_waiting_and_answering_are_both_in_the_record(desk: Desk) -> None:
    desk.write("answers.csv", "id,label\n3,\n")
    desk.label()
    desk.write("answers.csv", "id,label\n3,bad\n")
    desk.label()
    (about,) = desk.run("explain", "3", *LEDGER, "--json").json["questions"]
    assert [row["outcome"] for row in about["attempts"]] == ["answered", "waiting", "answered"]
    assert [row["status"] for row in about["decisions"]] == ["pending", "labelled"]


def test_an_unknown_id_names_the_nearest(desk: Desk) -> None:
    desk.write("reviews.csv", "id,text,gold\nr-101,a,\nr-202,b,\n")
    desk.label()
    done = desk.run("explain", "r-20", *LEDGER)
    assert done.code == 2
    assert "knows no candidate 'r-20'; did you mean 'r-202'?" in done.errors[0]


def test_a_missing_ledger_is_not_made(desk: Desk) -> None:
    done = desk.run("explain", "1", "--ledger", "sqlite:///none.db")
    assert done.code == 2
    assert "none.db: no such ledger" in done.errors[0]
    assert not (desk.folder / "none.db").exists()


def test_gold_that_was_given_and_taken_back_is_in_the_record(desk: Desk) -> None:
    desk.write_reviews(4)
    words = ("gold", "reviews.csv", "--task", "task.toml", "--n", "4")
    assert desk.run(*words, typed="1\nu\n2\nq\n").code == 0
    asked = desk.ledger("SELECT candidate FROM gold WHERE label IS NOT NULL LIMIT 1")[0][0]
    (about,) = desk.run("explain", asked, *LEDGER, "--json").json["questions"]
    said = [(row["label"], row["origin"], row["probability_drawn"]) for row in about["gold"]]
    by_key = "terminal"
    assert said == [
        (None, "draw", 1.0),
        ("good", by_key, 1.0),
        (None, by_key, 1.0),
        ("bad", by_key, 1.0),
    ]
    assert about["attempts"] == about["decisions"] == []
    shown = desk.run("explain", asked, *LEDGER).out
    assert "Gold" in shown
    assert "none yet" in shown
