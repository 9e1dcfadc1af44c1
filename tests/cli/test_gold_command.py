"""`stepladder gold`: draws, keys, sheets, and what later commands make of them."""

from __future__ import annotations

import csv
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from stepladder.cli.gold_keys import LABEL_KEYS

if TYPE_CHECKING:
    from cli_desk import Desk

pytest_plugins = ("cli_desk",)

LEDGER = "reviews.labelled.ledger.db"
WEIGHED = 'accept = { probability = 0.9 }\n\n[[tiers]]\nname = "person"'


def gold(desk: Desk, *words: str, typed: str = "") -> Any:
    done = desk.run(
        "gold", "reviews.csv", "--task", "task.toml", *words, typed="\n".join([*typed, ""])
    )
    assert done.code == 0, done.err
    return done


def answers(desk: Desk) -> dict[str, str | None]:
    """The last label of each candidate that was drawn, in the order of these rows."""
    last = "SELECT candidate, label, max(id) FROM gold GROUP BY candidate ORDER BY max(id)"
    return {candidate: label for candidate, label, _ in desk.ledger(last)}


def rows(desk: Desk) -> int:
    ((count,),) = desk.ledger("SELECT count(*) FROM gold")
    return int(count)


@pytest.fixture
def fresh(desk: Desk) -> Desk:
    """Forty reviews, none with gold."""
    desk.write_reviews(40)
    return desk


def fill(desk: Desk, name: str, label: str) -> list[str]:
    """Give every row of a sheet this label; the ids come back."""
    with (desk.folder / name).open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    with (desk.folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        writer.writerows({**row, "label": label} for row in found)
    return [row["id"] for row in found]


def test_a_session_asks_keeps_and_says_how_it_stands(fresh: Desk) -> None:
    done = gold(fresh, "--n", "3", typed="12x1")
    assert "Drawn at random: 3 candidates, 3 of them now, in 3 of 40 groups." in done.out
    assert "-- 3 of 3: id " in done.out
    assert "'x' is no key here: 1 good, 2 bad, u back, s later, q quit." in done.out
    assert "3 rows with gold: good 2, bad 1." in done.out
    assert "57 more until calibration is trusted (60 rows, of which 30 calibrate" in done.out
    assert "stepladder gold reviews.csv --task task.toml --n 60" in done.out
    assert sorted(answers(fresh).values(), key=str) == ["bad", "good", "good"]
    assert fresh.ledger("SELECT DISTINCT probability FROM gold") == [(3 / 40,)]


def test_the_same_command_goes_on_with_the_same_draw(fresh: Desk) -> None:
    first = gold(fresh, "--n", "5", typed="12q")
    drawn = set(answers(fresh))
    assert len(drawn) == 5
    assert "3 wait; go on with:" in first.out
    done = gold(fresh, "--n", "5", typed="111")
    assert "5 candidates, 0 of them now" in done.out
    assert "-- 3 of 5" in done.out
    assert set(answers(fresh)) == drawn
    assert None not in answers(fresh).values()
    assert "-- " not in gold(fresh, "--n", "5", typed="").out


def test_undo_goes_back_into_an_earlier_session_and_not_beyond_the_beginning(fresh: Desk) -> None:
    gold(fresh, "--n", "3", typed="12q")
    first, second = [one for one, label in answers(fresh).items() if label is not None]
    done = gold(fresh, "--n", "3", typed="uuu2q")
    assert "There is nothing to take back." in done.out
    assert "-- 1 of 3: id " + first in done.out
    assert answers(fresh)[first] == "bad"
    assert answers(fresh)[second] is None
    # Nothing was changed in place: draws, two answers, two withdrawals and one answer.
    assert rows(fresh) == 3 + 2 + 2 + 1


def test_what_is_skipped_comes_again_and_a_skip_can_be_taken_back(fresh: Desk) -> None:
    done = gold(fresh, "--n", "3", typed="s112")
    shown = [line.rpartition(" ")[2] for line in done.out.splitlines() if line.startswith("-- ")]
    assert shown[0] == shown[3]
    assert answers(fresh)[shown[0]] == "bad"
    done = gold(fresh, "--n", "5", typed="suq")
    shown = [line.rpartition(" ")[2] for line in done.out.splitlines() if line.startswith("-- ")]
    assert shown[0] == shown[2] != shown[1]


def test_a_larger_draw_holds_the_smaller_one_and_makes_all_as_probable(fresh: Desk) -> None:
    gold(fresh, "--n", "4", typed="1212")
    before = answers(fresh)
    done = gold(fresh, "--n", "10", typed="")
    assert "10 candidates, 6 of them now" in done.out
    after = answers(fresh)
    assert len(after) == 10
    assert {one: after[one] for one in before} == before
    last = "SELECT probability FROM gold WHERE id IN (SELECT max(id) FROM gold GROUP BY candidate)"
    assert set(fresh.ledger(last)) == {(0.25,)}
    assert "10 candidates, 0 of them now" in gold(fresh, "--n", "4", typed="").out
    assert set(fresh.ledger(last)) == {(0.25,)}


def test_another_seed_is_another_draw_and_refused_in_the_same_ledger(fresh: Desk) -> None:
    gold(fresh, "--n", "5")
    done = fresh.run("gold", "reviews.csv", "--task", "task.toml", "--seed", "7")
    assert done.code == 2
    assert "was drawn with --seed 0, not 7; give --seed 0" in done.errors[0]
    gold(fresh, "--n", "5", "--seed", "7", "--ledger", "sqlite:///other.db")
    assert {row[0] for row in fresh.ledger("SELECT candidate FROM gold", "other.db")} != set(
        answers(fresh)
    )


def test_gold_of_the_file_counts_and_is_not_drawn_again(desk: Desk) -> None:
    desk.write_reviews(20, ["good"] * 8)
    done = gold(desk, "--n", "10", typed="22")
    assert "2 candidates, 2 of them now, in 2 of 12 groups" in done.out
    assert "the file's own gold is 8 rows more." in done.out
    assert "10 rows with gold: good 8, bad 2." in done.out
    assert not {f"r{n}" for n in range(8)} & set(answers(desk))


def test_groups_are_drawn_whole(desk: Desk) -> None:
    desk.change("task.toml", 'gold = "gold"', 'group = "author"')
    people = [f"c{n},text {n},a{n // 4}\n" for n in range(40)]
    desk.write("reviews.csv", "".join(["id,text,author\n", *people]))
    gold(desk, "--n", "10")
    drawn = desk.ledger("SELECT grp, count(*), min(probability) FROM gold GROUP BY grp")
    assert len(drawn) == 2
    assert {(count, chance) for _, count, chance in drawn} == {(4, 0.2)}


def test_a_hostile_text_is_shown_and_not_obeyed(desk: Desk) -> None:
    desk.write("reviews.csv", 'id,text,gold\n1,"\x1b[2JClear \u202eme [bold]now[/bold]",\n')
    done = gold(desk, "--n", "1", typed="1")
    assert "\x1b" not in done.out
    assert "\u202e" not in done.out
    assert r"Review: \x1b[2JClear \u202eme [bold]now[/bold]" in done.out


def test_capital_letters_are_the_same_keys(fresh: Desk) -> None:
    done = gold(fresh, "--n", "3", typed="S1U2Q")
    assert "is no key" not in done.out
    assert "taken back" in done.out
    assert sorted(answers(fresh).values(), key=str) == [None, None, "bad"]


def test_gold_of_one_label_is_not_enough_and_more_is_drawn(desk: Desk) -> None:
    desk.write_reviews(80, ["good"] * 60)
    done = gold(desk, "--n", "60")
    assert "Enough" not in done.out
    assert "Not enough to calibrate yet." in done.out
    assert "All gold has the label 'good': nothing can be calibrated on it;" in done.out
    assert done.out.endswith("stepladder gold reviews.csv --task task.toml --n 90\n")
    done = gold(desk, "--n", "90", typed="2" * 20)
    assert "Enough to calibrate." in done.out
    assert "stepladder label" in done.out


def test_where_nothing_is_left_to_draw_it_is_said(desk: Desk) -> None:
    desk.write_reviews(60, ["good"] * 60)
    done = gold(desk, "--n", "60")
    assert "No candidate of the file is left to draw; add others to it." in done.out
    assert "stepladder label" in done.out


def grouped(desk: Desk, groups: list[str]) -> None:
    """Rows with gold, of both labels, of these groups."""
    desk.change("task.toml", 'gold = "gold"', 'gold = "gold"\ngroup = "author"')
    people = [f"c{n},text {n},{'good' if n % 2 else 'bad'},{a}\n" for n, a in enumerate(groups)]
    desk.write("reviews.csv", "".join(["id,text,gold,author\n", *people]))


def test_a_file_of_one_group_needs_another_column_and_no_more_gold(desk: Desk) -> None:
    grouped(desk, ["a"] * 60)
    done = gold(desk, "--n", "60")
    assert "Not enough to calibrate." in done.out
    assert "All rows are of one group, 'a': nothing can be calibrated" in done.out
    assert "name a `group` column with several values, or leave `group` away" in done.out
    assert "draw" not in done.out.partition("with gold:")[2]
    found = gold(desk, "--n", "60", "--json").json
    assert (found["enough"], len(found["gaps"])) == (False, 1)


def test_groups_that_stay_whole_can_leave_too_few_that_calibrate(desk: Desk) -> None:
    grouped(desk, ["a"] * 50 + ["b"] * 10)
    done = gold(desk, "--n", "60")
    assert "Enough" not in done.out
    assert "only 10 of 30 rows that are needed, since groups stay whole." in done.out


def test_a_policy_that_lets_too_few_calibrate_is_named(fresh: Desk) -> None:
    done = gold(fresh, "--n", "3", "--policy", "policy.toml", typed="121")
    assert "more until" not in done.out
    assert "raise `rows`, now 0, under [calibration] in the policy." in done.out
    assert "stepladder label" in done.out


def test_closed_standard_input_is_ended_input(fresh: Desk) -> None:
    line = '"$0" -m stepladder gold reviews.csv --task task.toml --n 3 <&-'
    done = subprocess.run(
        ["/bin/sh", "-c", line, sys.executable],
        cwd=fresh.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 wait; go on with:" in done.stdout


def test_ctrl_c_says_how_gold_stands_and_how_to_go_on(fresh: Desk) -> None:
    process = fresh.spawn("gold", "reviews.csv", "--task", "task.toml", "--n", "9", typed=True)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("1\n")
    process.stdin.flush()
    while "-- 2 of 9" not in process.stdout.readline():
        pass
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, err) == (130, "")
    assert "1 row with gold: good 1, bad 0." in out
    assert "8 wait; go on with:\n  stepladder gold reviews.csv --task task.toml --n 9" in out


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("garbage", "not a ledger URL"),
        ("mysql://a:b@localhost/c", "no ledger can be kept there"),
        ("sqlite:///reviews.csv", "cannot be used as a ledger"),
        ("postgresql://a:b@127.0.0.1:1/c", "postgresql://"),
    ],
)
@pytest.mark.parametrize("command", ["check", "estimate", "label"])
def test_a_ledger_that_cannot_be_one_is_an_error(
    fresh: Desk, command: str, url: str, said: str
) -> None:
    done = fresh.run(command, *fresh.files(), "--ledger", url)
    assert done.code == 2
    assert said in done.errors[0]
    assert len(done.errors) == 1


@pytest.mark.parametrize("command", ["check", "estimate"])
def test_no_ledger_yet_is_no_error_and_none_is_made(fresh: Desk, command: str) -> None:
    done = fresh.run(command, *fresh.files(), "--ledger", "sqlite:///none/yet.db")
    assert (done.code, done.errors) == (0, [])
    assert not (fresh.folder / "none").exists()


def test_letters_are_keys_where_there_are_many_labels(fresh: Desk) -> None:
    names = ", ".join(f'"l{n:02}"' for n in range(len(LABEL_KEYS)))
    fresh.change("task.toml", '["good", "bad"]', f"[{names}]")
    done = gold(fresh, "--n", "2", typed="az")
    assert "  a  l09" in done.out
    assert set(answers(fresh).values()) == {"l09", f"l{len(LABEL_KEYS) - 1:02}"}
    fresh.change("task.toml", '"l00"', '"more", "l00"')
    done = fresh.run("gold", "reviews.csv", "--task", "task.toml", "--ledger", "sqlite:///b.db")
    assert done.code == 2
    assert "33 labels are more than there are keys (32); use --sheet" in done.errors[0]


def test_json_is_one_object_and_questions_are_elsewhere(fresh: Desk) -> None:
    done = gold(fresh, "--n", "4", "--json", typed="12")
    assert done.json == {
        "gold": 2,
        "by_label": {"good": 1, "bad": 1},
        "drawn": 4,
        "waiting": 2,
        "needed": 60,
        "missing": 58,
        "calibrating": 1,
        "calibrating_worth": 1,
        "enough": False,
        "gaps": [],
        "ledger": f"sqlite:///{LEDGER}",
        "go_on": "stepladder gold reviews.csv --task task.toml --n 4",
    }
    assert "-- 3 of 4" in done.err


def test_what_a_policy_needs_is_counted(fresh: Desk) -> None:
    fresh.change("policy.toml", "rows = 0", "minimum = 2\nshare = 0.4")
    done = gold(fresh, "--n", "5", "--policy", "policy.toml", "--json", typed="12121")
    assert (done.json["needed"], done.json["missing"]) == (5, 0)
    assert done.json["go_on"] == (
        "stepladder label reviews.csv --task task.toml --policy policy.toml"
    )


def test_a_sheet_goes_out_and_comes_back_twice(fresh: Desk) -> None:
    done = gold(fresh, "--n", "6", "--sheet", "sheet.csv")
    assert "Wrote 6 rows to sheet.csv" in done.out
    ids = fill(fresh, "sheet.csv", "good")
    done = gold(fresh, "--from", "sheet.csv", "--json")
    assert done.json["sheet"] == {"new": 6, "changed": 0, "same": 0, "empty": 0}
    count = rows(fresh)
    done = gold(fresh, "--from", "sheet.csv")
    assert "0 new answers, 0 changed, 6 known already, 0 empty." in done.out
    assert rows(fresh) == count
    text = fresh.text("sheet.csv").replace("good,", "bad,", 1).replace("good,", ",", 1)
    fresh.write("sheet.csv", text)
    done = gold(fresh, "--from", "sheet.csv", "--json")
    assert done.json["sheet"] == {"new": 0, "changed": 1, "same": 4, "empty": 1}
    assert rows(fresh) == count + 1
    assert answers(fresh)[ids[0]] == "bad"
    # An empty cell takes nothing back.
    assert answers(fresh)[ids[1]] == "good"


def test_a_sheet_with_a_mistake_changes_nothing(fresh: Desk) -> None:
    gold(fresh, "--n", "6", "--sheet", "sheet.csv")
    fill(fresh, "sheet.csv", "good")
    fresh.write("sheet.csv", ",god,".join(fresh.text("sheet.csv").rsplit(",good,", 1)))
    count = rows(fresh)
    done = fresh.run("gold", "reviews.csv", "--task", "task.toml", "--from", "sheet.csv")
    assert done.code == 2
    assert done.errors == ["sheet.csv:7: 'god' is not a label of the task; did you mean 'good'?"]
    assert rows(fresh) == count


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--sheet", "a.csv", "--from", "b.csv"], "give one of them"),
        (["--stratify"], "--stratify needs --policy"),
        (["--sheet", "reviews.csv"], "reviews.csv: exists already"),
        (["--sheet", "a.xlsx"], "name a file that ends in .csv"),
        (["--from", "missing.csv"], "nothing was drawn yet; begin with --sheet"),
        (["--stratify", "--policy", "policy.toml"], "no votes of weak about these candidates"),
    ],
)
def test_options_that_make_no_sense_are_errors(fresh: Desk, words: list[str], said: str) -> None:
    done = fresh.run("gold", "reviews.csv", "--task", "task.toml", *words)
    assert done.code == 2
    assert said in done.errors[0]
    assert not (fresh.folder / LEDGER).exists() or rows(fresh) == 0


def test_strata_are_what_the_first_tier_voted(fresh: Desk) -> None:
    rare = ", ".join(f'"r{n}" = "bad"' for n in (3, 7))
    fresh.change("policy.toml", '"3" = "perhaps"', rare)
    assert fresh.label("--limit", "30", "--quiet").code == 0
    words = ("--n", "12", "--stratify", "--policy", "policy.toml")
    done = gold(fresh, *words)
    assert "Strata by the first tier's votes: no vote 5, bad 2, good 5." in done.out
    drawn = fresh.ledger(
        "SELECT stratum, count(*), max(probability) FROM gold GROUP BY 1 ORDER BY 1"
    )
    assert drawn == [("", 5, 0.5), ("bad", 2, 1.0), ("good", 5, 5 / 28)]
    # Votes that have come meanwhile change nothing in this draw.
    assert fresh.label("--quiet").code == 0
    assert "12 candidates, 0 of them now" in gold(fresh, *words).out


def test_kill_9_in_the_middle_loses_no_answer(fresh: Desk) -> None:
    process = fresh.spawn("gold", "reviews.csv", "--task", "task.toml", "--n", "9", typed=True)
    assert process.stdin is not None
    assert process.stdout is not None
    for place, key in enumerate("1221", start=2):
        process.stdin.write(f"{key}\n")
        process.stdin.flush()
        # The next question is not asked before the answer is on disk.
        while f"-- {place} of 9" not in process.stdout.readline():
            pass
    process.send_signal(signal.SIGKILL)
    process.communicate()
    kept = [label for label in answers(fresh).values() if label is not None]
    assert kept == ["good", "bad", "bad", "good"]
    assert "-- 5 of 9" in gold(fresh, "--n", "9").out


def test_check_label_and_estimate_take_gold_from_the_ledger(fresh: Desk) -> None:
    fresh.change("policy.toml", "rows = 0", "minimum = 2")
    fresh.change("policy.toml", '[[tiers]]\nname = "person"', WEIGHED)
    files = fresh.files()
    before = fresh.run("estimate", *files, "--json").json
    assert "0 rows of gold to calibrate on (of 0 with gold)" in fresh.run("check", *files).err
    gold(fresh, "--n", "8", typed="12121212")
    assert "rows of gold to calibrate on" not in fresh.run("check", *files).err
    after = fresh.run("estimate", *files, "--json").json
    assert (before["calibration"]["candidates"], after["calibration"]["candidates"]) == (0, 4)
    done = fresh.label("--json", "--quiet")
    assert done.code == 0
    assert done.json["calibration"]["asked"] == 4
    fits = "SELECT count(*) FROM fit"
    assert fresh.ledger(fits) == [(1,)]
    # As gold arrives, there is a fit of a new version.
    gold(fresh, "--n", "12", typed="1212")
    assert fresh.label("--quiet").code == 0
    assert fresh.ledger(fits) == [(2,)]


def test_other_gold_in_the_file_than_in_the_ledger_is_an_error_naming_both(fresh: Desk) -> None:
    gold(fresh, "--n", "1", typed="1")
    (identity,) = answers(fresh)
    number = int(identity[1:])
    fresh.write_reviews(40, ["bad" if n == number else "" for n in range(40)])
    for command in ("check", "label"):
        done = fresh.run(command, *fresh.files())
        assert done.code == 2
        assert done.errors[0].startswith(
            f"reviews.csv:{number + 2}: id '{identity}' has the gold 'bad' here and 'good' in "
        )


def test_a_ledger_of_another_task_is_refused(fresh: Desk) -> None:
    gold(fresh, "--n", "1", typed="1")
    fresh.change("task.toml", '"moods"', '"other"')
    done = fresh.run("gold", "reviews.csv", "--task", "task.toml")
    assert done.code == 2
    assert "made by task 'moods', not 'other'" in done.errors[0]


def test_contradictory_and_one_sided_gold_is_warned_of(desk: Desk) -> None:
    desk.change("task.toml", 'gold = "gold"', 'gold = "gold"\ngroup = "author"')
    desk.write("reviews.csv", "id,text,gold,author\n1,Same,good,a\n2,Same,bad,a\n3,Other,,b\n")
    desk.change("policy.toml", '[[tiers]]\nname = "person"', WEIGHED)
    for done in (desk.run("check", *desk.files()), desk.label("--quiet"), desk.label("--quiet")):
        assert done.code == 0, done.err
        assert "same text and group: id '1' is 'good' but id '2' is 'bad'" in done.err
        assert "all gold is in one group, 'a': nothing can be calibrated" in done.err
        assert "but at least 30 are needed" in done.err
        assert "`stepladder gold` draws more at random" in done.err
