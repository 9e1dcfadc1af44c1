"""`stepladder calibrate`: asked, fitted, judged on held-out gold, shown and kept."""

from __future__ import annotations

import json
import random
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from stepladder.testing import FakeProvider

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli_desk import Desk

pytest_plugins = ("cli_desk",)

LABELS = ("good", "bad")
POLICY = """\
name = "recorded"
prices = ["prices.toml"]

[budget]
usd = 10

[calibration]
prior = false

[annotators.sure]
kind = "recorded"
recording = "votes.jsonl"
annotator = "sure"
price = "cent"

[annotators.weak]
kind = "recorded"
recording = "votes.jsonl"
annotator = "weak"
price = "cent"

[[tiers]]
name = "weak"
ask = "weak"
accept = { probability = 0.99 }

[[tiers]]
name = "sure"
ask = "sure"
"""


def record(desk: Desk, count: int, gold: int, labels: Sequence[str] = LABELS) -> None:
    """So many reviews, the first with gold; 'sure' states 95 % and is right in four of five."""
    chance = random.Random(0)  # noqa: S311
    lines, rows = [], ["id,text,gold,group"]
    for number in range(count):
        truth = labels[number % len(labels)]
        wrong = "bad" if truth == "good" else "good"
        sure = truth if chance.random() < 0.8 else wrong
        weak = truth if chance.random() < 0.65 else wrong
        votes = {"sure": sure, "weak": weak}
        said = {"id": f"r{number}", "votes": votes, "stated_confidence": {"sure": 0.95}}
        lines.append(json.dumps(said))
        rows.append(f"r{number},text {number},{truth if number < gold else ''},g{number // 2}")
    desk.write("votes.jsonl", "\n".join([*lines, ""]))
    desk.write("reviews.csv", "\n".join([*rows, ""]))
    desk.write("policy.toml", POLICY)


@pytest.fixture
def recorded(desk: Desk) -> Desk:
    record(desk, 160, 120)
    return desk


def calibrate(desk: Desk, *words: str) -> Any:
    done = desk.run("calibrate", *desk.files(), *words)
    assert done.code == 0, done.err
    return done


def fits(desk: Desk) -> list[tuple[str, str]]:
    return desk.ledger("SELECT key, rows FROM fit ORDER BY id")


def test_figures_are_of_the_rows_that_label_calibrates_on(recorded: Desk) -> None:
    found = calibrate(recorded, "--json").json
    assert (found["gold"], found["calibration_rows"], found["minimum"]) == (120, 60, 30)
    assert found["not_judged_because"] is None
    weak, sure = found["annotators"]
    assert (weak["annotator"], weak["source"], weak["raw"]) == ("weak", "none", None)
    assert sum(one["rows"] for one in weak["calibrated"]["bins"]) == 60
    assert (sure["annotator"], sure["source"], sure["rows"]) == ("sure", "stated", 60)
    assert sure["raw"]["ece_debiased"] > 0.05
    assert sure["calibrated"]["log_loss"] < sure["raw"]["log_loss"]
    assert {"temperature", "Platt", "isotonic"} <= sure["log_losses"].keys()
    _check_pools(found)
    assert recorded.label().code == 0
    assert [key for key, _ in fits(recorded)] == [found["fit"]["key"]]


def _check_pools(found: Any) -> None:
    assert [one["annotators"] for one in found["pools"]] == [["weak"], ["sure", "weak"]]
    assert all(one["held_out"]["rows"] == 60 for one in found["pools"])
    assert set(found["pools"][1]["weights"]) == {"sure", "weak"}
    assert found["shared"]["factor"] > 0
    assert (found["shared"]["question_weight"], found["shared"]["text_weight"]) == (0, 0)
    ours, *others = found["comparison"]
    assert ours["name"] == "log-linear pool"
    assert ours["log_loss"] == pytest.approx(found["pools"][1]["held_out"]["log_loss"])
    assert len(others) == 4
    for other in others:
        gap = other["log_loss"] - ours["log_loss"]
        assert other["log_loss_above_pool"]["mean"] == pytest.approx(gap)


def test_for_people_and_as_a_picture(recorded: Desk) -> None:
    done = calibrate(recorded, "--plot", "out.png")
    assert "60 rows of gold calibrate, of 120 with gold" in done.out
    for part in ("stated", "label alone", "raw", "Pools, held out", "Dawid-Skene", "debiased"):
        assert part in done.out
    assert "Tried for sure, stated (log loss, cross-validated): " in done.out
    assert "Spent 1.20 USD of 10.0" in done.out
    assert "At most" in done.err
    assert "Any other set of votes: one weight for all." in done.out
    assert "Diagrams: out.png" in done.out
    written = (recorded.folder / "out.png").read_bytes()
    assert written.startswith(b"\x89PNG")
    assert len(written) > 10_000


@pytest.mark.slow
def test_all_gold_is_another_version_and_nothing_is_paid_twice(recorded: Desk) -> None:
    first = calibrate(recorded, "--json").json
    second = calibrate(recorded, "--all-gold", "--json").json
    assert (second["calibration_rows"], second["fit"]["number"]) == (120, 2)
    assert [one["key"] for one in second["other_fits"]] == [first["fit"]["key"]]
    assert recorded.ledger("SELECT count(*) FROM attempt") == [(240,)]
    again = calibrate(recorded).out
    assert f"Fit 1 of run 'moods' ({first['fit']['key'][:12]}): 60 rows" in again
    assert "other fits of this run: 2 (120 rows)" in again
    labelled = recorded.label("--json").json
    assert labelled["confidence"]["gold_rows"] == 60
    assert labelled["accuracy"]["labels"]["of"] == 60
    twice = "SELECT count(*) FROM attempt GROUP BY candidate, annotator HAVING count(*) > 1"
    assert recorded.ledger(twice) == []
    assert len(fits(recorded)) == 2


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("out.jpg", "name it out.png"),
        ("nowhere/out.png", "there is no folder nowhere"),
        ("picture.png", "is used by this command"),
    ],
)
def test_where_no_picture_can_be_written(recorded: Desk, name: str, message: str) -> None:
    (recorded.folder / "picture.png").hardlink_to(recorded.folder / "reviews.csv")
    done = recorded.run("calibrate", *recorded.files(), "--plot", name)
    assert done.code == 2
    assert message in done.errors[0]
    assert not (recorded.folder / "reviews.labelled.ledger.db").exists()


def test_a_picture_that_cannot_be_written_does_not_hide_the_figures(recorded: Desk) -> None:
    (recorded.folder / "out.png").mkdir()
    done = recorded.run("calibrate", *recorded.files(), "--plot", "out.png")
    assert done.code == 2
    assert "Pools, held out" in done.out
    assert "Diagrams" not in done.out
    assert done.errors == ["out.png: cannot be written: is a directory; name a file in it"]


def test_an_old_picture_is_not_called_new_where_there_is_nothing_to_draw(desk: Desk) -> None:
    record(desk, 80, 1)
    desk.write("old.png", "old")
    done = calibrate(desk, "--plot", "old.png")
    assert "Diagrams" not in done.out
    assert "old.png was not written: there is nothing to draw yet" in done.err
    assert calibrate(desk, "--plot", "old.png", "--json").json["plot"] is None
    assert desk.text("old.png") == "old"


def test_without_matplotlib_the_extra_is_named(
    recorded: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = recorded.run("calibrate", *recorded.files(), "--plot", "out.png")
    assert done.code == 2
    assert done.errors == [
        "--plot needs matplotlib; install it with: pip install 'stepladder[plots]'"
    ]


def test_without_gold_and_votes_it_says_how_to_get_gold(desk: Desk) -> None:
    record(desk, 40, 0)
    done = desk.run("calibrate", *desk.files())
    assert done.code == 2
    assert "no candidate has gold" in done.errors[0]
    assert "stepladder gold reviews.csv --task task.toml" in done.errors[0]


def test_without_gold_votes_of_the_ledger_are_compared(desk: Desk) -> None:
    record(desk, 300, 0)
    assert desk.label().code == 0
    found = calibrate(desk, "--json").json
    estimate = found["estimated_without_gold"]
    assert (found["gold"], estimate["candidates"]) == (0, 300)
    assert [one["name"] for one in estimate["annotators"]] == ["weak", "sure"]
    assert all(one["accuracy"] > 0.5 for one in estimate["annotators"])
    said = calibrate(desk).out
    assert "nothing can be calibrated" in said
    assert "stepladder gold reviews.csv" in said


@pytest.mark.parametrize("gold", [1, 58])
def test_too_little_gold_is_said_and_raw_figures_remain(desk: Desk, gold: int) -> None:
    """58 rows are 29 for calibration, one too few."""
    record(desk, 80, gold)
    done = calibrate(desk)
    assert f"Uncalibrated: {gold // 2} rows of gold, 30 needed." in done.out
    found = calibrate(desk, "--json").json
    assert found["not_judged_because"] == "too few rows of gold"
    assert found["comparison"] == []
    assert all(one["calibrated"] is None for one in found["annotators"])
    if gold > 1:
        assert found["annotators"][1]["raw"]["rows"] == 29
    assert calibrate(desk, "--all-gold", "--json").json["calibration_rows"] == gold


def test_one_row_is_one_row(desk: Desk) -> None:
    record(desk, 80, 2)
    assert "1 row of gold to calibrate on (of 2 with gold), but at least 30" in calibrate(desk).err


def test_where_everybody_is_off_the_list_there_is_nothing_to_compare(recorded: Desk) -> None:
    votes = recorded.text("votes.jsonl")
    for label in LABELS:
        votes = votes.replace(f'"{label}"', '"perhaps"')
    recorded.write("votes.jsonl", votes)
    found = calibrate(recorded, "--all-gold", "--json").json
    assert found["comparison"] == []
    assert found["pools"] == []
    assert found["shared"] is None
    assert [one["unanswered"] for one in found["annotators"]] == [120, 120]
    assert "weak gave no label to 120 rows of 120" in calibrate(recorded, "--all-gold").out


def test_thirty_rows_are_enough(desk: Desk) -> None:
    record(desk, 80, 60)
    found = calibrate(desk, "--json").json
    assert found["calibration_rows"] == 30
    assert found["not_judged_because"] is None


def test_gold_of_one_label_or_one_group_calibrates_nothing(desk: Desk) -> None:
    record(desk, 100, 100, ["good"])
    found = calibrate(desk, "--json").json
    assert "same label" in found["not_judged_because"]
    assert {one["uncalibrated_because"] for one in found["annotators"]} == {
        found["not_judged_because"]
    }


def test_gold_of_one_group_calibrates_nothing(desk: Desk) -> None:
    record(desk, 100, 100)
    desk.write("task.toml", desk.text("task.toml") + 'group = "group"\n')
    rows = desk.text("reviews.csv").splitlines()
    desk.write(
        "reviews.csv", "\n".join([rows[0], *(f"{r.rpartition(',')[0]},one" for r in rows[1:])])
    )
    found = calibrate(desk, "--all-gold", "--json").json
    assert "one group" in found["not_judged_because"]
    assert "the only group of gold has 100 rows, more than calibration.share" in calibrate(desk).err


def test_the_budget_is_a_wall_and_what_it_did_not_reach_is_said(recorded: Desk) -> None:
    done = calibrate(recorded, "--budget", "0.5")
    ((spent,),) = recorded.ledger("SELECT sum(cost_pico) FROM settlement")
    assert spent <= 500_000_000_000
    assert "gave no label to" in done.out
    assert "the budget did not reach" in done.out
    more = calibrate(recorded, "--budget", "2", "--json").json
    assert all(one["unanswered"] == 0 for one in more["annotators"])
    assert more["spend"]["usd"] == "1.20"


def correct(desk: Desk, provider: FakeProvider) -> None:
    """Token probabilities of two models, those of the lower one corrected by their own mean."""
    desk.use(provider.base_url)
    policy = desk.text("policy.toml").replace('confidence = "none"\n', "")
    policy = policy.replace("rows = 0", "rows = 200\nprior = false").replace(
        'ask = "small"',
        'ask = "small"\nconfidence = { source = "token_probabilities", correct = "batch" }',
    )
    desk.write("policy.toml", policy)


def test_a_correction_that_too_few_rows_know_is_not_applied(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """16 rows are 8 for calibration, and a mean needs ten."""
    monkeypatch.setenv("COLUMNS", "240")
    with FakeProvider(labels=list(LABELS)) as provider:
        correct(desk, provider)
        desk.write_reviews(16, ["good", "bad"] * 8)
        found = calibrate(desk, "--json").json
        said = calibrate(desk).out
    assert [one["correction"] for one in found["annotators"]] == ["batch", "none"]
    assert [one["correction_applied"] for one in found["annotators"]] == [False, False]
    assert found["annotators"][0]["source"] == "token_probabilities"
    assert "token probabilities (batch: not applied)" in said


@pytest.mark.slow
def test_corrected_and_uncorrected_token_probabilities_are_shown_apart(desk: Desk) -> None:
    with FakeProvider(labels=list(LABELS)) as provider:
        correct(desk, provider)
        desk.write_reviews(80, ["good", "bad"] * 40)
        found = calibrate(desk, "--json").json
        said = calibrate(desk).out
    assert [one["correction_applied"] for one in found["annotators"]] == [True, False]
    assert said.count("token probabilities (batch)  ") == 1
    assert said.count(" corrected ") == 1
    assert "Tried for large, token probabilities (log loss, cross-validated): " in said


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_answered_and_the_same_command_goes_on(desk: Desk) -> None:
    with FakeProvider(labels=list(LABELS), latency=0.15) as provider:
        desk.use(provider.base_url)
        desk.change("policy.toml", "rows = 0", "rows = 200\nprior = false")
        desk.write_reviews(60, ["good", "bad"] * 30)
        process = desk.spawn("calibrate", *desk.files())
        deadline = time.monotonic() + 30
        while provider.stats().requests < 12:
            assert time.monotonic() < deadline, "nothing was asked"
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
        assert process.returncode == 130
        assert "go on with:\n  stepladder calibrate reviews.csv" in out
        calibrate(desk)
        assert provider.stats().requests == 60
