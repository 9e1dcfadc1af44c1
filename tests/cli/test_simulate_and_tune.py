"""`stepladder simulate` and `tune`, as a user gives them."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command_line import Done, run_here
from made_recording import PRICES, rows, write

from stepladder.policy import HumanSpec, RecordedSpec, load_policy

MACHINES = ("small", "medium", "large")
POLICY = """\
name = "two"
prices = ["prices.toml"]

[calibration]
rows = 60

[annotators.small]
kind = "recorded"
recording = "past.jsonl"
annotator = "small"

[annotators.big]
kind = "litellm"
model = "large"

[annotators.person]
kind = "human"
wage = "clerk"

[[tiers]]
name = "small"
ask = "small"
accept = { probability = 0.8 }

[[tiers]]
name = "big"
ask = "big"
accept = { agree = 2 }

[[tiers]]
name = "person"
ask = "person"
"""


def plain(count: int, seed: int = 0) -> list[Any]:
    """Rows in the short form."""
    found = []
    for row in rows(count, seed):
        said = {name: vote.get("label", "hm") for name, vote in row["votes"].items()}
        found.append({"id": row["id"], "group": row["group"], "gold": row["gold"], "votes": said})
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "past.jsonl", rows(200))
    (tmp_path / "prices.toml").write_text(PRICES)
    (tmp_path / "policy.toml").write_text(POLICY)
    return tmp_path


def simulated(folder: Path, *more: str) -> Done:
    policy = ("--policy", str(folder / "policy.toml"))
    return run_here("simulate", str(folder / "past.jsonl"), *policy, *more)


def tuned(folder: Path, *more: str, recording: str = "past.jsonl") -> Done:
    out = ("--out", str(folder / "tuned.toml"), "--prices", str(folder / "prices.toml"))
    return run_here("tune", str(folder / recording), *out, *more)


def test_figures_for_people(folder: Path) -> None:
    done = simulated(folder)
    assert done.code == 0
    assert "People's labels count as right" in done.out
    assert "60 rows of gold calibrated" in done.out
    assert " small " in done.out


def test_figures_for_programs_have_the_promised_shape(folder: Path) -> None:
    found = simulated(folder, "--json", "--human-price", "0.10").json
    assert found["assumption"] == "people's labels count as right"
    (policy,) = found["policies"]
    wanted = {
        *("name", "accuracy", "error", "accepted_error", "accepted_share", "human_share"),
        *("abstained_share", "usd_per_candidate", "tiers", "calibration_error", "seconds_mean"),
    }
    assert wanted <= policy.keys()
    assert policy["accuracy"] + policy["error"] == pytest.approx(1)
    shares = ("accepted_share", "human_share", "abstained_share", "failed_share")
    assert sum(policy[share] for share in shares) == pytest.approx(1)
    small, big, person = policy["tiers"]
    assert person["usd_by_kind"] == {"requests": f"{person['asked'] * 0.1:.2f}"}
    assert big["asked"] == small["asked"] - small["accepted"]
    # Rows that must stay here go to the person at once.
    assert policy["candidates"] == 140 > small["asked"] > 120


def test_policies_and_prices_stand_side_by_side(folder: Path) -> None:
    dear = PRICES.replace("input = 2.5", "input = 25")
    (folder / "dear.toml").write_text(dear)
    (folder / "other.toml").write_text(POLICY.replace('"two"', '"careful"').replace("0.8", "0.99"))
    tables = ("--prices", str(folder / "dear.toml"), "--prices", str(folder / "prices.toml"))
    found = simulated(folder, "--policy", str(folder / "other.toml"), *tables, "--json").json
    names = [(one["name"], one["prices"]) for one in found["policies"]]
    assert names == [("two", "dear"), ("two", "prices"), ("careful", "dear"), ("careful", "prices")]
    dearer, usual, careful, _ = found["policies"]
    assert dearer["usd_per_candidate"] > usual["usd_per_candidate"]
    assert dearer["accuracy"] == usual["accuracy"]
    assert careful["human_share"] >= usual["human_share"]


def test_what_if_says_so(folder: Path) -> None:
    found = simulated(folder, "--times", "big=2", "--cached-share", "0.5", "--batch", "--json").json
    assert found["policies"][0]["prices"].endswith(", big x 2, batch, 50% cached")


def test_decisions_are_written_as_label_writes_them(folder: Path) -> None:
    assert simulated(folder, "--out", str(folder / "o.csv")).code == 0
    with (folder / "o.csv").open(newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) == 140
    assert {row["route"] for row in found} <= {"small", "small>big", "small>big>person", "person"}


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_a_picture_is_drawn(folder: Path, ending: str) -> None:
    assert simulated(folder, "--plot", str(folder / f"p.{ending}")).code == 0
    begins = {"png": b"\x89PNG", "svg": b"<?xml"}[ending]
    assert (folder / f"p.{ending}").read_bytes().startswith(begins)


WRONG = {
    "a policy that asks somebody else": (
        ("--policy", "three-agree"),
        "the recording has no votes of",
    ),
    "a day before there were prices": (("--at", "2020-01-01"), "has no price on 2020-01-01"),
    "a day that is none": (("--at", "yesterday"), "--at yesterday: not a day"),
    "a factor that is none": (("--times", "big"), "--times big: write a name and a factor"),
    "a factor of nobody": (("--times", "bug=2"), "'bug' is not among the annotators"),
    "a share that is none": (("--cached-share", "2"), "--cached-share 2: not a share"),
    "a picture of another kind": (("--plot", "p.gif"), "use .png or .svg"),
    "decisions of several": (("--out", "o.csv", "--policy", "single-model"), "name only one"),
    "a wage that is none": (("--human-price", "much"), "--human-price much: not an amount"),
}


@pytest.mark.parametrize(("more", "said"), WRONG.values(), ids=WRONG.keys())
def test_mistakes_are_said_in_one_line(folder: Path, more: tuple[str, ...], said: str) -> None:
    done = simulated(folder, *more)
    assert done.code == 2
    assert said in done.errors[0]
    assert "Traceback" not in done.err


def test_a_tuned_policy_is_simulated_by_its_own_fit(folder: Path) -> None:
    write(folder / "plain.jsonl", plain(260))
    done = tuned(
        folder, "--budget-per-candidate", "0.0009", "--no-people", "--json", recording="plain.jsonl"
    )
    assert done.code == 0
    found = done.json
    assert (found["feasible"], found["rows"], found["tested"]) == (True, 260, 0)
    assert {"usd_per_candidate", "accuracy"} <= found["frontier"][0].keys()
    assert found["chosen"]["expected"]["usd_per_candidate"] <= 0.0009 * 1.001
    fresh = [{**row, "id": f"fresh {row['id']}"} for row in plain(150, seed=4)]
    write(folder / "fresh.jsonl", fresh)
    again = run_here(
        "simulate",
        str(folder / "fresh.jsonl"),
        "--policy",
        str(folder / "tuned.toml"),
        "--json",
    ).json["policies"][0]
    assert again["candidates"] == 150
    assert again["calibration"]["rows"] == 0
    assert again["accuracy"] > 0.7


def test_a_promise_with_people_and_without(folder: Path) -> None:
    write(folder / "plain.jsonl", plain(300))
    promise = ("--max-error", "0.02", "--with-confidence", "0.9", "--json")
    people = tuned(folder, *promise, "--human-price", "0.05", recording="plain.jsonl")
    assert people.code == 0
    assert people.json["feasible"]
    assert people.json["chosen"]["human_share"] > 0.3
    assert (folder / "tuned.toml").exists()
    alone = tuned(folder, *promise, "--no-people", recording="plain.jsonl")
    assert alone.code == 4
    assert not alone.json["feasible"]
    assert alone.json["chosen"] is None
    assert alone.json["reason"].startswith("infeasible")


def test_an_infeasible_goal_writes_nothing(folder: Path) -> None:
    write(folder / "plain.jsonl", plain(120))
    done = tuned(folder, "--max-error", "0.001", "--no-people", recording="plain.jsonl")
    assert done.code == 4
    assert "Infeasible: no ladder" in done.out
    assert not (folder / "tuned.toml").exists()


def test_what_was_found_is_told_and_drawn(folder: Path) -> None:
    write(folder / "plain.jsonl", plain(150))
    done = tuned(folder, "--plot", str(folder / "f.svg"), recording="plain.jsonl")
    assert done.code == 0
    assert "Goal: as cheap as can be, as good as the best machines." in done.out
    assert "150 rows of 75 groups" in done.out
    assert (folder / "f.svg").read_bytes().startswith(b"<?xml")


TUNED_WRONG = {
    "two goals": (("--max-error", "0.1", "--error-cost", "1"), "tuned for one goal"),
    "a promise of nothing": (("--with-confidence", "0.9"), "--with-confidence: of what?"),
    "strict without a promise": (("--max-error", "0.1", "--strict"), "--strict is about a promise"),
    "an error that is none": (
        ("--max-error", "5"),
        "--max-error 5: write a number between 0 and 1",
    ),
    "gold counted for nothing": (("--count-gold", "--max-error", "0.1"), "--count-gold is about"),
    "nobody's price": (("--no-people", "--human-price", "1"), "give one of them"),
    "a price without a goal": (("--human-price", "1"), "without a goal people are left out"),
    "an unknown annotator": (("--annotators", "smal"), "did you mean 'small'?"),
    "a price before its day": (("--at", "2020-01-01"), "--annotators without that one"),
}


@pytest.mark.parametrize(("more", "said"), TUNED_WRONG.values(), ids=TUNED_WRONG.keys())
def test_what_cannot_be_tuned_is_said(folder: Path, more: tuple[str, ...], said: str) -> None:
    done = tuned(folder, *more)
    assert done.code == 2
    assert said in done.errors[0]
    assert not (folder / "tuned.toml").exists()


def test_an_annotator_without_a_price_is_named(folder: Path) -> None:
    lines = plain(60)
    for row in lines:
        row["votes"]["unheard-of"] = row["votes"]["small"]
    write(folder / "plain.jsonl", lines)
    done = tuned(folder, recording="plain.jsonl")
    assert done.code == 2
    assert "no price is known for 'unheard-of'" in done.errors[0]
    assert tuned(folder, "--annotators", "small,large", recording="plain.jsonl").code == 0


def test_label_says_what_was_promised(folder: Path) -> None:
    write(folder / "plain.jsonl", plain(300))
    promise = ("--max-error", "0.2", "--with-confidence", "0.9", "--policy")
    made = tuned(
        folder,
        *promise,
        str(folder / "policy.toml"),
        "--annotators",
        "small",
        recording="plain.jsonl",
    )
    assert made.code == 0, made.err
    lines = ["id,text,gold", *(f"{row['id']},t,{row['gold']}" for row in rows(30))]
    (folder / "c.csv").write_text("\n".join(lines))
    (folder / "task.toml").write_text(
        'name = "t"\ninstructions = "Which?"\nlabels = ["good", "bad", "mixed"]\n'
        '[columns]\nid = "id"\ngold = "gold"\n'
    )
    given = (str(folder / "c.csv"), "--task", str(folder / "task.toml"), "--budget", "1")
    done = run_here("label", *given, "--policy", str(folder / "tuned.toml"), "--wages", "9")
    assert done.code == 0, done.err
    assert "Promised when it was tuned: at most 20.0% of all labels wrong, at 90%" in done.out
    assert "gold that no fit has seen: there is none" in done.out
    assert "30 rows of gold made this policy or tested it: left out" in done.out
    again = run_here("calibrate", *given, "--policy", str(folder / "tuned.toml"))
    assert again.code == 2
    assert "brings its own fit" in again.errors[0]


def test_a_tuned_policy_finds_its_files_from_where_it_lies(folder: Path) -> None:
    write(folder / "plain.jsonl", plain(200))
    (folder / "deep").mkdir()
    base = POLICY.replace('"past.jsonl"', '"../plain.jsonl"').replace(
        '"prices.toml"', '"../prices.toml"'
    )
    base = base.replace('kind = "human"', 'kind = "human"\nanswers = "said.csv"')
    (folder / "deep/base.toml").write_text(base)
    out = folder / "far/away/tuned.toml"
    given = (str(folder / "plain.jsonl"), "--policy", str(folder / "deep/base.toml"))
    done = run_here("tune", *given, "--max-error", "0.1", "--out", str(out))
    assert done.code == 0, done.err
    made = load_policy(out)
    assert [(out.parent / name).resolve() for name in made.prices] == [folder / "prices.toml"]
    small, person = made.annotators["small"], made.annotators["person"]
    assert isinstance(small, RecordedSpec)
    assert isinstance(person, HumanSpec)
    assert (out.parent / small.recording).resolve() == folder / "plain.jsonl"
    assert (out.parent / (person.answers or "")).resolve() == folder / "deep/said.csv"
    again = run_here("simulate", given[0], "--policy", str(out))
    assert again.code == 0
    assert "tuned: no row is left to decide about" in again.err


def test_given_prices_are_written_and_other_ones_of_the_same_models_are_named(
    folder: Path,
) -> None:
    write(folder / "plain.jsonl", plain(200))
    (folder / "dear.toml").write_text(PRICES.replace("input = 2.5", "input = 25"))
    base = ("--policy", str(folder / "policy.toml"), "--prices", str(folder / "dear.toml"))
    out = ("--out", str(folder / "t.toml"), "--human-price", "0.5")
    done = run_here("tune", str(folder / "plain.jsonl"), *base, *out, "--max-error", "0.1")
    assert done.code == 0, done.err
    assert load_policy(folder / "t.toml").prices == (str(folder / "dear.toml"),)
    assert "prices.toml has prices of its own for the same models" in done.err
    assert "people are paid by the wage table's 'clerk', not by --human-price" in done.err


def test_labels_that_the_task_does_not_have_are_told(folder: Path) -> None:
    lines = plain(200)
    for row in lines[:9]:
        row["votes"]["small"] = f"none {int(row['id'][1:]) % 5}"
    write(folder / "plain.jsonl", lines)
    done = tuned(folder, recording="plain.jsonl")
    told = next(line for line in done.err.splitlines() if "of small for" in line)
    assert "'none 0', 'none 1'" in told
    assert "and 3 more" in told  # "hm" is one of them.
    assert "votes without one" in done.err


def test_gold_that_not_everybody_may_see_is_counted_apart(folder: Path) -> None:
    done = tuned(folder, "--max-error", "0.2", "--with-confidence", "0.9")
    assert (
        "18 rows of gold and 0 without left out, since some annotators must not see them"
        in done.err
    )
    assert "a vote is missing" not in done.err


NOWHERE = {
    "a name that is too long": ("x" * 250 + ".toml", "file name too long"),
    "a folder": (".", "name it .toml"),
    "below a file": ("prices.toml/t.toml", "cannot be written"),
}


@pytest.mark.parametrize(("out", "said"), NOWHERE.values(), ids=NOWHERE.keys())
@pytest.mark.parametrize("option", ["--out", "--plot"])
def test_a_place_that_takes_no_file_is_said_first(
    folder: Path, option: str, out: str, said: str
) -> None:
    place = folder / (out.replace(".toml", ".svg") if option == "--plot" else out)
    if option == "--plot" and out == "prices.toml/t.toml":
        place = folder / "prices.toml/t.svg"
    done = tuned(folder, option, str(place))
    assert done.code == 2
    assert "Traceback" not in done.err
    assert (said in done.errors[0]) or (option == "--plot" and "unknown ending" in done.errors[0])


def test_what_is_read_is_not_written_over(folder: Path) -> None:
    write(folder / "plain.jsonl", plain(200))
    base = ("--policy", str(folder / "policy.toml"))
    out = ("--out", str(folder / "policy.toml"))
    done = run_here("tune", str(folder / "plain.jsonl"), *base, *out)
    assert done.code == 2
    assert "is read by the same command; name another place" in done.errors[0]


def fill_sheet(sheet: Path, truth: dict[str, str]) -> None:
    """As people would, in a spreadsheet."""
    with sheet.open(newline="", encoding="utf-8-sig") as file:
        lines = list(csv.DictReader(file))
    with sheet.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows({**line, "label": truth[line["id"]]} for line in lines)


def test_people_are_asked_next_and_their_sheet_is_tuned_on(folder: Path) -> None:
    lines = [{**row, "group": row["id"]} for row in plain(700)]
    truth = {row["id"]: row["gold"] for row in lines}
    write(
        folder / "p.jsonl",
        [{**r, "gold": r["gold"] if n < 100 else None} for n, r in enumerate(lines)],
    )
    prices, sheet = ("--prices", str(folder / "prices.toml")), folder / "next.csv"
    given = ("--max-error", "0.1", "--sheet", str(sheet), "--rows", "120", *prices)
    asked = run_here("next-gold", str(folder / "p.jsonl"), *given)
    assert asked.code == 0, asked.err
    assert "120 drawn at random from the other" in asked.out
    assert f"--gold {sheet} --count-gold --prices" in asked.out
    again = run_here("next-gold", str(folder / "p.jsonl"), *given)
    assert again.code == 2
    assert "exists already, perhaps with answers" in again.errors[0]
    promise = (
        "--gold",
        str(sheet),
        "--count-gold",
        "--max-error",
        "0.1",
        "--with-confidence",
        "0.9",
    )
    early = tuned(folder, *promise, recording="p.jsonl")
    assert early.code == 2
    assert "120 rows that were drawn have no label yet" in early.errors[0]
    fill_sheet(sheet, truth)
    done = tuned(folder, *promise, recording="p.jsonl")
    assert done.code == 0, done.err
    assert "120 only tested" in done.out
    evidence = load_policy(folder / "tuned.toml").evidence
    assert evidence is not None
    assert evidence.promise is not None
    assert (evidence.promise.of, evidence.promise.method) == ("all", "exact")


def test_decisions_do_not_replace_what_was_read(folder: Path) -> None:
    for name in ("past.jsonl", "policy.toml", "prices.toml"):
        before = (folder / name).read_bytes()
        done = simulated(
            folder, "--prices", str(folder / "prices.toml"), "--out", str(folder / name)
        )
        assert done.code == 2, name
        assert (folder / name).read_bytes() == before


@pytest.mark.parametrize("count", [20, 50])
def test_little_gold_and_names_of_ones_own(folder: Path, count: int) -> None:
    """Where gold says nothing of a vote, the annotator is known by its name in the policy."""
    write(folder / "past.jsonl", plain(count))
    named = POLICY.replace("annotators.small", "annotators.tiny").replace(
        '"small"\nacc', '"tiny"\nacc'
    )
    (folder / "policy.toml").write_text(named)
    done = simulated(folder)
    assert done.code == 0, done.err


def test_a_label_that_gold_never_has_is_no_trouble(folder: Path) -> None:
    task = ("--task", str(folder / "task.toml"))
    labels = '["good", "bad", "mixed", "strange"]'
    (folder / "task.toml").write_text(f'name = "t"\ninstructions = "?"\nlabels = {labels}\n')
    lines = plain(300)
    for row in lines[::7]:
        row["votes"]["large"] = "strange"
    write(folder / "past.jsonl", lines)
    done = simulated(folder, *task)
    assert done.code == 0, done.err
    base = ("--policy", str(folder / "policy.toml"), *task)
    promise = ("--max-error", "0.2", "--with-confidence", "0.9")
    assert tuned(folder, *base, *promise).code == 0


def test_an_annotator_named_twice_or_person(folder: Path) -> None:
    lines = plain(200)
    for row in lines:
        row["votes"]["person"] = row["votes"].pop("medium")
    write(folder / "p.jsonl", lines)
    prices = PRICES.replace('"medium"', '"person"')
    (folder / "prices.toml").write_text(prices)
    goal = ("--max-error", "0.05", "--annotators", "person,large,person")
    done = tuned(folder, *goal, recording="p.jsonl")
    assert done.code == 0, done.err
    policy = load_policy(folder / "tuned.toml")
    assert "person-2" in policy.annotators
    assert isinstance(policy.annotators["person-2"], HumanSpec)


@pytest.mark.parametrize("name", ["task.toml", "policy.toml", "tuned.fit.json"])
def test_tune_overwrites_only_what_it_wrote(folder: Path, name: str) -> None:
    write(folder / "plain.jsonl", plain(150))
    (folder / name).write_text('name = "mine"' if name.endswith("toml") else '{"mine": 1}')
    before = (folder / name).read_bytes()
    out = name if name.endswith("toml") else "tuned.toml"
    done = tuned(folder, "--out", str(folder / out), recording="plain.jsonl")
    assert done.code == 2
    assert "was not written by `tune`; name another --out" in done.errors[0]
    assert (folder / name).read_bytes() == before
    (folder / name).unlink()
    for _ in range(2):
        done = tuned(folder, "--out", str(folder / out), recording="plain.jsonl")
        assert done.code == 0, done.err


def test_what_is_hoped_and_not_found_is_said(folder: Path) -> None:
    write(folder / "plain.jsonl", plain(60))
    for error in (0.02, 0.05, 0.08, 0.1, 0.12, 0.15):
        done = tuned(folder, "--max-error", str(error), "--json", recording="plain.jsonl")
        found = done.json["chosen"]["error"]
        said = f"--max-error {error:g}: by fits that did not see a row's group" in done.err
        assert said == (found > error)


def test_a_policy_that_repeats_a_recording_says_so(folder: Path) -> None:
    write(folder / "plain.jsonl", plain(150))
    done = tuned(folder, "--max-error", "0.1", recording="plain.jsonl")
    assert "repeats the votes of" in done.err
    base = ("--policy", str(folder / "policy.toml"), "--at", "2026-01-02")
    later = tuned(folder, "--max-error", "0.1", *base, recording="plain.jsonl")
    assert "repeats the votes of" not in later.err
    assert "cannot be run today" not in later.err
    old = PRICES.replace('model = "large"', 'model = "large"\nuntil = 2026-02-01')
    (folder / "prices.toml").write_text(old)
    done = tuned(folder, "--max-error", "0.1", *base, recording="plain.jsonl")
    assert done.code == 0, done.err
    assert "cannot be run today" in done.err


def test_uncalibrated_annotators_and_missing_gold_are_told(folder: Path) -> None:
    write(folder / "past.jsonl", plain(30))
    assert "small is uncalibrated, its probabilities are raw" in simulated(folder).err
    write(folder / "past.jsonl", [{**row, "gold": None} for row in plain(30)])
    (folder / "task.toml").write_text(
        'name = "t"\ninstructions = "?"\nlabels = ["good", "bad", "mixed"]\n'
    )
    done = simulated(folder, "--task", str(folder / "task.toml"))
    assert "no row that is left has gold" in done.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_full_disk_behind_standard_output_is_one_line(
    folder: Path, more: tuple[str, ...]
) -> None:
    given = [str(folder / "past.jsonl"), "--policy", str(folder / "policy.toml"), *more]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "stepladder", "simulate", *given],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            text=True,
        )
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1] == (
        "error: standard output cannot be written: No space left on device"
    )
    assert "Traceback" not in done.stderr


def test_a_negative_seed_is_refused(folder: Path) -> None:
    for done in (simulated(folder, "--seed", "-1"), tuned(folder, "--seed", "-1")):
        assert done.code == 2
        assert "give a whole number from 0" in " ".join(done.err.split())


def test_gold_of_another_task_counts_against_what_is_measured(folder: Path) -> None:
    lines = plain(300)
    for row in lines[::5]:
        row["gold"] = "strange"
    write(folder / "plain.jsonl", lines)
    task = 'name = "t"\ninstructions = "?"\nlabels = ["good", "bad", "mixed"]\n'
    (folder / "task.toml").write_text(task)
    given = ("--task", str(folder / "task.toml"), "--max-error", "0.15", "--no-people", "--json")
    done = tuned(folder, *given, recording="plain.jsonl")
    assert done.code == 0, done.err
    assert done.json["chosen"]["error"] > 0.2
    assert "the search is rather too hopeful" in done.err


def test_annotators_that_are_none(folder: Path) -> None:
    assert "names nobody" in tuned(folder, "--annotators", ",").errors[0]
