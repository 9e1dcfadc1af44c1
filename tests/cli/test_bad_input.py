"""Whatever is wrong is said in one line that names file, line or key, before anything is paid."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cli_desk import Desk

pytest_plugins = ("cli_desk",)

Spoil = Callable[["Desk"], Any]
LONG = "word " * 40_000

MODEL = """\
[annotators.model]
kind = "openai"
model = "tiny"
base_url = "http://127.0.0.1:9/v1"
api_key_env = ""

[[tiers]]
name = "model"
ask = "model"
"""
HEAD = 'name = "p"\nprices = ["prices.toml"]\n\n[budget]\nusd = 1.00\n\n'

CASES: dict[str, tuple[Spoil, str]] = {
    "empty file": (
        lambda desk: desk.write("reviews.csv", ""),
        "reviews.csv: empty",
    ),
    "only a header": (
        lambda desk: desk.write("reviews.csv", "id,text,gold\n"),
        "reviews.csv: empty",
    ),
    "no such file": (
        lambda desk: (desk.folder / "reviews.csv").unlink(),
        "reviews.csv: no such file",
    ),
    "not UTF-8": (
        lambda desk: (desk.folder / "reviews.csv").write_bytes(b"id,text,gold\n1,caf\xe9,good\n"),
        "reviews.csv:2: not UTF-8",
    ),
    "a missing column": (
        lambda desk: desk.write("reviews.csv", "id,texts,gold\n1,a,good\n"),
        "reviews.csv:2: no column 'text', which the task's text names; did you mean 'texts'?",
    ),
    "a duplicate id": (
        lambda desk: desk.write("reviews.csv", "id,text,gold\n1,a,\n2,b,\n1,c,\n"),
        "reviews.csv:4: id '1' stands in line 2 already",
    ),
    "an empty text": (
        lambda desk: desk.write("reviews.csv", "id,text,gold\n1,  ,\n"),
        "reviews.csv:2: column 'text' is empty",
    ),
    "a missing value": (
        lambda desk: desk.write("reviews.csv", "id,text,gold\n1,ok,\n2,NaN,\n"),
        "reviews.csv:3: column 'text' is empty",
    ),
    "a text longer than every context window": (
        lambda desk: (
            desk.write("reviews.csv", f"id,text,gold\n1,ok,\n2,{LONG},\n"),
            desk.write("policy.toml", HEAD + MODEL),
        ),
        "reviews.csv: id '2' (a prompt of 200,",
    ),
    "gold outside the labels": (
        lambda desk: desk.write("reviews.csv", "id,text,gold\n1,a,goood\n"),
        "reviews.csv:2: gold 'goood' is not a label of the task; did you mean 'good'?",
    ),
    "an unknown key in the task": (
        lambda desk: desk.change("task.toml", "instructions", "instruction"),
        "did you mean 'instructions'?",
    ),
    "an unknown key in the policy": (
        lambda desk: desk.change("policy.toml", "wages =", "wage ="),
        "did you mean 'wages'?",
    ),
    "not TOML": (
        lambda desk: desk.write("task.toml", "name = \n"),
        "task.toml:1: not valid TOML",
    ),
    "an unknown annotator": (
        lambda desk: desk.change("policy.toml", 'ask = "weak"', 'ask = "week"'),
        "'week' is not among the annotators; did you mean 'weak'?",
    ),
    "an unknown model": (
        lambda desk: desk.write("policy.toml", HEAD + MODEL.replace("tiny", "gpt-4o-minni")),
        "policy.toml:7: annotators.model: no price is known for 'gpt-4o-minni'; "
        "did you mean 'gpt-4o-mini'?",
    ),
    "an unknown price": (
        lambda desk: desk.change("policy.toml", 'price = "cent"', 'price = "cents"'),
        "no price is known for 'cents'; did you mean 'cent'?",
    ),
    "a missing key": (
        lambda desk: desk.write("policy.toml", HEAD + MODEL.replace('api_key_env = ""\n', "")),
        "annotators.model: environment variable OPENAI_API_KEY holds no API key",
    ),
    "a threshold over one": (
        lambda desk: desk.change(
            "policy.toml", 'ask = "weak"', 'ask = "weak"\naccept = { probability = 90 }'
        ),
        "tiers.0.accept",
    ),
    "a negative threshold": (
        lambda desk: desk.change(
            "policy.toml", 'ask = "weak"', 'ask = "weak"\naccept = { margin = -0.1 }'
        ),
        "tiers.0.accept",
    ),
    "a budget too small for one candidate": (
        lambda desk: desk.change("policy.toml", "usd = 1.00", "usd = 0.001"),
        "a budget of 0.001 USD cannot pay for one candidate: '1' may cost 0.03 USD",
    ),
    "no budget": (
        lambda desk: desk.change("policy.toml", "usd = 1.00", ""),
        "no budget: give --budget USD",
    ),
    "answers outside the labels": (
        lambda desk: desk.write("answers.csv", "id,label\n3,bda\n"),
        "answers.csv:2: 'bda' is not a label of the task; did you mean 'bad'?",
    ),
    "an unknown ending": (
        lambda desk: (desk.folder / "reviews.csv").rename(desk.folder / "reviews.xlsx"),
        "unknown ending '.xlsx'",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_said_in_one_line_before_anything_is_paid(desk: Desk, case: str) -> None:
    spoil, said = CASES[case]
    spoil(desk)
    name = "reviews.xlsx" if case == "an unknown ending" else "reviews.csv"
    done = desk.label("--quiet", candidates=name)
    assert done.code == 2
    assert [line for line in done.errors if said in line], done.err
    assert {line.partition(":")[0] for line in done.err.splitlines()} <= {"error", "warning"}
    ledger = desk.folder / "reviews.labelled.ledger.db"
    assert not ledger.exists() or desk.ledger("select count(*) from attempt") == [(0,)]


@pytest.mark.parametrize("option", ["--budget", "--wages"])
@pytest.mark.parametrize("amount", ["plenty", "-1", "nan", "0.0000000000001"])
def test_an_amount_that_is_none_names_its_option(desk: Desk, option: str, amount: str) -> None:
    done = desk.label(option, amount)
    assert done.code == 2
    assert done.errors == [f"{option} {amount}: not an amount in USD; write a number such as 2.50"]


def test_another_tasks_ledger_is_refused(desk: Desk) -> None:
    desk.label("--ledger", "sqlite:///shared.db")
    desk.change("task.toml", 'name = "moods"', 'name = "topics"')
    done = desk.label("--ledger", "sqlite:///shared.db")
    assert done.code == 2
    assert done.errors[0].startswith("sqlite:///shared.db: made by task 'moods', not 'topics'")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ledger.db", "sqlite:///FILE.db"),
        ("mysql://localhost/x", "no ledger can be kept there"),
        ("sqlite:///reviews.csv", "reviews.csv: cannot be used as a ledger"),
    ],
)
def test_what_is_no_ledger_is_refused(desk: Desk, url: str, said: str) -> None:
    done = desk.label("--ledger", url)
    assert done.code == 2
    assert said in done.errors[0]


def test_several_problems_are_all_named(desk: Desk) -> None:
    desk.write("reviews.csv", "id,text,gold\n1,,\n")
    desk.write("answers.csv", "id,label\n3,bda\n")
    desk.change("policy.toml", 'price = "cent"', 'price = "cents"')
    done = desk.label()
    assert done.code == 2
    assert len(done.errors) == 3


def test_control_characters_stay_in_one_line(desk: Desk) -> None:
    desk.write("reviews.csv", 'id,text,gold\n1,a,"go\nod\x1b[31m"\n')
    done = desk.label()
    assert len(done.errors) == 1
    assert "\x1b" not in done.err


@pytest.mark.parametrize("command", ["label", "check"])
def test_a_seed_that_no_ledger_can_hold_is_refused(desk: Desk, command: str) -> None:
    done = desk.run(command, *desk.files(), "--seed", str(2**63))
    assert done.code == 2
    assert "give a whole number from 0" in done.err
    assert not (desk.folder / "reviews.labelled.ledger.db").exists()


def test_the_largest_seeds_are_kept(desk: Desk) -> None:
    assert desk.label("--seed", str(2**63 - 1)).code == 0
    assert desk.label("--seed", "0", "--run", "other").code == 0
    assert desk.ledger("select seed from run order by id") == [(2**63 - 1,), (0,)]


@pytest.mark.parametrize("name", ["two\nlines", "bell\a", "\udcff"])
def test_a_run_name_that_cannot_be_shown_is_refused(desk: Desk, name: str) -> None:
    done = desk.label("--run", name)
    assert done.code == 2
    assert len(done.err.splitlines()) == 1
    assert "--run" in done.errors[0]
    assert "name it otherwise" in done.errors[0]


def test_a_ledger_that_cannot_be_opened_is_a_plain_error(desk: Desk) -> None:
    desk.write("occupied", "")
    done = desk.label("--ledger", "sqlite:///occupied/run.db")
    assert done.code == 2
    assert "occupied: cannot be made a folder" in done.errors[0]
    assert done.out == ""


def test_a_ledger_that_cannot_be_locked_is_a_plain_error(desk: Desk) -> None:
    desk.label()
    (lock,) = desk.folder.glob("*.db.moods-*.lock")
    lock.unlink()
    lock.mkdir()
    done = desk.label()
    assert done.code == 2
    assert "cannot be locked" in done.errors[0]
    # Nothing was begun, so there is nothing to go on with.
    assert done.out == ""
