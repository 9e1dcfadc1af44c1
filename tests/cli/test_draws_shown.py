"""Votes of several draws on the command line: checked, priced, tried and explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepladder.testing import FakeProvider

if TYPE_CHECKING:
    from cli_desk import Desk

pytest_plugins = ("cli_desk",)

LEDGER = ("--ledger", "sqlite:///reviews.labelled.ledger.db")
PARAPHRASES = 'paraphrases = ["Does it sound pleased?"]\n\n[columns]'


def vary(desk: Desk, confidence: str) -> None:
    desk.change("policy.toml", 'ask = "weak"', f'ask = "weak"\nconfidence = {confidence}')


def test_explain_shows_every_draw(desk: Desk) -> None:
    vary(desk, '{ source = "samples", draws = 3 }')
    desk.label()
    (about,) = desk.run("explain", "1", *LEDGER, "--json").json["questions"]
    assert [(v["variant"], v["sample"], v["label"]) for v in about["votes"]] == [
        ("base", 0, "good"),
        ("base", 1, "good"),
        ("base", 2, "good"),
    ]
    assert len(about["attempts"]) == 3
    assert about["decisions"][0]["usd"] == "0.03"
    shown = desk.run("explain", "1", *LEDGER).out
    assert "base #1" in shown
    assert "base #2" in shown


def test_the_estimate_counts_draws(desk: Desk) -> None:
    vary(desk, '{ source = "samples", draws = 3 }')
    tier = desk.run("estimate", *desk.files(), "--json").json["tiers"][0]
    assert tier["likely"]["usd"] == "0.12"


def test_try_shows_every_draw_and_every_prompt(desk: Desk) -> None:
    with FakeProvider(labels=["good", "bad"]) as provider:
        desk.use(provider.base_url)
        desk.change("policy.toml", 'ask = "small"', 'ask = "small"\nconfidence = "variants"')
        desk.change("task.toml", "[columns]", PARAPHRASES)
        shown = desk.run("try", *desk.files(), "-n", "1")
        figures = desk.run("try", *desk.files(), "-n", "1", "--json").json
    assert "prompt of small (paraphrases-1)" in shown.out
    assert "prompt of small (options-1)" in shown.out
    small = [a for a in figures["candidates"][0]["annotators"] if a["annotator"] == "small"]
    assert [one["variant"] for one in small] == ["base", "paraphrases-1", "options-1"]
    assert "Does it sound pleased?" in small[1]["prompt"][0]["text"]


def test_check_says_how_many_variants_there_are(desk: Desk) -> None:
    vary(desk, '"variants"')
    done = desk.run("check", *desk.files())
    assert done.code == 0
    assert "tiers.0.confidence: 'weak' is asked 2 times, not 5" in done.err


def test_check_wants_two_wordings(desk: Desk) -> None:
    vary(desk, '{ source = "variants", vary = ["paraphrases"] }')
    done = desk.run("check", *desk.files())
    assert done.code != 0
    assert "policy.toml:" in done.err
    assert "the task has no variants of kind paraphrases; add paraphrases" in done.err
    assert desk.label().code == done.code


def test_a_person_is_not_drawn(desk: Desk) -> None:
    desk.change("policy.toml", 'ask = "person"', 'ask = "person"\nconfidence = "samples"')
    done = desk.label()
    assert done.code != 0
    assert "tiers.1.confidence: 'person' is a person" in done.err
