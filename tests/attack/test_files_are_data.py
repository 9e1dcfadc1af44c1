"""Files from strangers are data: they work as such, or end in one line that says what is wrong."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from stepladder.errors import UserError
from stepladder.policy import load_policy
from stepladder.pricing import PriceBook
from stepladder.task import load_task

if TYPE_CHECKING:
    from attack_desk import AttackDesk
    from command_line import Done

pytest_plugins = ("attack_desk",)

SCRIPTED = """\
name = "scripted"
prices = ["prices.toml"]

[budget]
usd = 1.00

[calibration]
rows = 0

[annotators.weak]
kind = "scripted"
price = "cent"
answers = { "*" = "positive" }

[[tiers]]
name = "weak"
ask = "weak"
"""
CENT = """\
schema = 1

[[price]]
model = "cent"
from = 2020-01-01
source = "made up"
input = 0
output = 0
per_request = 0.01
"""
DEEP = 3000
PASSWD = "../../../../../../../../../../etc/passwd"


@pytest.fixture
def scripted(attacked: AttackDesk) -> AttackDesk:
    """Three texts, and an annotator who always says the same, at a cent each."""
    attacked.write("policy.toml", SCRIPTED)
    attacked.write("prices.toml", CENT)
    attacked.write_texts(["Good soup.", "Bad soup.", "So so."])
    return attacked


def _check_refused(done: Done) -> None:
    """One line, whatever the file held, and never what stands in another file."""
    assert done.code == 2
    assert len(done.errors) == 1
    assert "Traceback" not in done.err
    assert "root:" not in done.out + done.err


ODD_VALUES = {
    "a number of 5000 digits": "9" * 5000,
    "a number beyond all exponents": "1e99999999999999999999",
    "a number with a huge exponent": "1e999999",
    "not a number": "nan",
    "infinite": "-inf",
    "an array of arrays": "[" * DEEP + "]" * DEEP,
    "a table of tables": "{a=" * DEEP + "1" + "}" * DEEP,
    "a date": "9999-12-31T23:59:60Z",
    "a null byte": '"\\u0000"',
    "a text of a million signs": '"' + "x" * 1_000_000 + '"',
}


def _load(desk: AttackDesk, name: str) -> object:
    path = desk.folder / name
    if name == "prices.toml":
        return PriceBook.load([path])
    return load_task(path) if name == "task.toml" else load_policy(path)


SETTINGS = [
    ("task.toml", "delimiters = true"),
    ("policy.toml", "usd = 1.00"),
    ("prices.toml", "per_request = 0.01"),
]


@pytest.mark.parametrize("value", ODD_VALUES.values(), ids=ODD_VALUES.keys())
@pytest.mark.parametrize(("name", "old"), SETTINGS)
def test_odd_values_in_toml_are_refused(
    scripted: AttackDesk, name: str, old: str, value: str
) -> None:
    _replace(scripted, name, old, f"{old.partition(' = ')[0]} = {value}")
    with pytest.raises(UserError, match=name):
        _load(scripted, name)


def _replace(desk: AttackDesk, name: str, old: str, new: str) -> None:
    text = (desk.folder / name).read_text()
    assert old in text
    desk.write(name, text.replace(old, new))


@pytest.mark.parametrize(("name", "old"), SETTINGS)
def test_a_toml_bomb_is_refused_in_one_line(scripted: AttackDesk, name: str, old: str) -> None:
    bomb = ODD_VALUES["an array of arrays"]
    _replace(scripted, name, old, f"{old.partition(' = ')[0]} = {bomb}")
    _check_refused(scripted.label())


@pytest.mark.parametrize("keys", ["a." * DEEP + "a", '"' + "k" * 100_000 + '"'])
def test_odd_keys_in_toml_are_refused_in_one_line(scripted: AttackDesk, keys: str) -> None:
    scripted.write("task.toml", f"{keys} = 1\n{(scripted.folder / 'task.toml').read_text()}")
    _check_refused(scripted.label())


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("task.toml", "delimiters = true", f'examples = "{PASSWD}"'),
        ("task.toml", "delimiters = true", f'examples = "{PASSWD}/x.csv"'),
        ("policy.toml", 'prices = ["prices.toml"]', f'prices = ["{PASSWD}"]'),
        ("policy.toml", 'kind = "scripted"', f'kind = "recorded"\nrecording = "{PASSWD}"'),
        ("policy.toml", 'kind = "scripted"', f'kind = "human"\nanswers = "{PASSWD}"'),
        ("policy.toml", 'kind = "scripted"', f'kind = "local"\nmodel = "{PASSWD}"'),
        ("policy.toml", 'kind = "scripted"', 'kind = "custom"\nmodule = "os:system"'),
        ("policy.toml", 'kind = "scripted"', "kind = \"__import__('os')\""),
    ],
)
def test_a_path_or_a_name_in_a_setting_opens_and_runs_nothing(
    scripted: AttackDesk, name: str, old: str, new: str
) -> None:
    text = (scripted.folder / name).read_text()
    assert old in text
    _check_refused_or_unlabelled(scripted, name, text.replace(old, new))


def _check_refused_or_unlabelled(desk: AttackDesk, name: str, text: str) -> None:
    desk.write(name, text)
    if "recorded" in text:
        text = text.replace('answers = { "*" = "positive" }', 'annotator = "a"')
    elif "scripted" not in text:
        text = text.replace('answers = { "*" = "positive" }\n', "")
    desk.write(name, text)
    _check_refused(desk.label())


@pytest.mark.parametrize(
    "template",
    ["{text.__class__}", "{text!r}", "{text:>999999999}", "{0}", "{__import__('os')}"],
)
def test_a_format_string_is_a_column_that_is_not_there(scripted: AttackDesk, template: str) -> None:
    text = (scripted.folder / "task.toml").read_text()
    scripted.write("task.toml", text.replace("{text}", template))
    done = scripted.label()
    _check_refused(done)
    assert "no column" in done.errors[0]


HOSTILE_TEXTS = [
    "{text.__class__} {0} %s %n ${HOME} `id` $(id)",
    "[/] [bold]x [link=http://evil.example]y[/link] [/b] [red",
    "\x1b[2J\x1b]0;owned\x07 \x1b[31mred",
    "\u202eevil\u202c \u200b \ufeff",
    "'; DROP TABLE vote; --",
    "x" * 200_000,
    "a\r\nb\rc\u2028d\x85e",
]


def test_texts_are_never_run_or_shown_raw(scripted: AttackDesk) -> None:
    scripted.write_texts(HOSTILE_TEXTS)
    done = scripted.label()
    assert not done.errors
    assert [row["label"] for row in scripted.rows()] == ["positive"] * len(HOSTILE_TEXTS)
    files = ("--task", "task.toml", "--policy", "policy.toml")
    tried = scripted.run("try", "texts.jsonl", *files)
    assert tried.code == 0
    assert "\x1b" not in done.out + done.err + tried.out + tried.err


HOSTILE_IDS = ["[/]", "[bold]", "{0.__class__}", "%s", "'; DROP TABLE vote; --", "../../x", "-rf"]


def test_ids_are_never_run_either(scripted: AttackDesk) -> None:
    rows = [{"id": identity, "text": "Soup."} for identity in HOSTILE_IDS]
    scripted.write("texts.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    assert not scripted.label().errors
    assert [row["id"].removeprefix("'") for row in scripted.rows()] == [
        identity.removeprefix("'") for identity in HOSTILE_IDS
    ]
    for identity in HOSTILE_IDS:
        done = scripted.run("explain", "--ledger", "sqlite:///ledger.db", "--", identity)
        assert done.code == 0
        assert identity in done.out


FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1:A9)", "\t=1", "'=1+1"]


def test_formulas_are_defused_from_the_file_to_the_output(scripted: AttackDesk) -> None:
    rows = [{"id": formula, "text": "Soup."} for formula in FORMULAS]
    scripted.write("texts.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    done = scripted.label()
    if done.errors:
        # A tab in an id is refused; without it, all must pass.
        scripted.write(
            "texts.jsonl",
            "".join(json.dumps(row) + "\n" for row in rows if "\t" not in str(row["id"])),
        )
        done = scripted.label()
    assert not done.errors
    lines = (scripted.folder / "out.csv").read_text().splitlines()[1:]
    assert len(lines) >= len(FORMULAS) - 1
    assert all(line.lstrip('"').startswith("'") for line in lines)


def _jsonl(value: str) -> str:
    return f'{{"id": "1", "text": "Soup.", "more": {value}}}\n'


BOMBS = {
    "arrays": "[" * DEEP + "]" * DEEP,
    "arrays that one parser takes": "[" * 1000 + "1.5" + "]" * 1000,
    "arrays that can be read but not written": "[" * 500 + "1" + "]" * 500,
    "objects": '{"a":' * DEEP + "1" + "}" * DEEP,
    "a number of 5000 digits": "9" * 5000,
    "a huge exponent": "1e999999999",
}


@pytest.mark.parametrize("value", BOMBS.values(), ids=BOMBS.keys())
def test_a_json_bomb_in_a_column_is_a_text_or_refused(scripted: AttackDesk, value: str) -> None:
    scripted.write("texts.jsonl", _jsonl(value))
    done = scripted.label()
    if done.errors:
        _check_refused(done)
    else:
        assert [row["label"] for row in scripted.rows()] == ["positive"]


VOTE = {"id": "1", "votes": {"a": "positive"}, "stated_confidence": {"a": 0.5}}
BAD_VOTES = {
    "NaN": json.dumps(VOTE).replace("0.5", "NaN"),
    "infinite": json.dumps(VOTE).replace("0.5", "1e999"),
    "above one": json.dumps(VOTE).replace("0.5", "1.5"),
    "a text": json.dumps(VOTE).replace("0.5", '"0.5"'),
    "votes in a list": '{"id": "1", "votes": ["positive"]}',
    "votes too deep": '{"id": "1", "votes": {"a": ' + "[" * 500 + "]" * 500 + "}}",
    "tokens of 5000 digits": json.dumps(VOTE | {"prompt_tokens": 0}).replace(
        "0}", "9" * 5000 + "}"
    ),
    "tokens beyond 64 bits": json.dumps(VOTE | {"prompt_tokens": 10**30}),
    "negative tokens": json.dumps(VOTE | {"prompt_tokens": -5}),
}
RECORDED = SCRIPTED.replace('kind = "scripted"', 'kind = "recorded"\nrecording = "votes.jsonl"')
RECORDED = RECORDED.replace('answers = { "*" = "positive" }', 'annotator = "a"')


def test_a_sound_recording_works(scripted: AttackDesk) -> None:
    scripted.write("policy.toml", RECORDED)
    scripted.write("votes.jsonl", json.dumps(VOTE) + "\n")
    scripted.label()
    assert [row["label"] for row in scripted.rows()] == ["positive", "", ""]


@pytest.mark.parametrize("line", BAD_VOTES.values(), ids=BAD_VOTES.keys())
def test_a_recording_of_nonsense_is_refused_in_one_line(scripted: AttackDesk, line: str) -> None:
    scripted.write("policy.toml", RECORDED)
    scripted.write("votes.jsonl", line + "\n")
    _check_refused(scripted.label())


def _tamper(desk: AttackDesk, *statements: str) -> None:
    with closing(sqlite3.connect(desk.folder / "ledger.db")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


TAMPERED = {
    "usage is no JSON": "update vote set usage = 'x'",
    "usage is a bomb": "update vote set usage = replace(hex(zeroblob(3000)), '00', '[')",
    "usage has too many fields": "update vote set usage = '[1,2,3,4,5,6,7,8,9,10,11,12]'",
    "usage is text": "update vote set usage = '[\"a\",0,0,0,0,0]'",
    "confidence is text": 'update vote set confidence = \'{"positive": "x"}\'',
    "an unknown source": "update vote set source = 'magic'",
    "an unknown status": "update decision set status = 'lost'",
    "an unknown reason": "update vote set label = null, reason = 'because'",
    "a posterior of text": 'update decision set posterior = \'{"positive": "x"}\'',
    "a route that is no list": "update decision set route = '3'",
    "a cost that is text": "update settlement set cost_pico = 'free'",
    "a cost that is a blob": "update vote set cost_pico = x'00ff'",
    "labels of another kind": "update run set labels = '['",
}


@pytest.mark.parametrize("statement", TAMPERED.values(), ids=TAMPERED.keys())
def test_a_ledger_of_nonsense_is_refused_in_one_line_or_asked_anew(
    scripted: AttackDesk, statement: str
) -> None:
    scripted.label()
    _tamper(scripted, statement)
    done = scripted.label()
    if done.errors:
        _check_refused(done)
    else:
        assert [row["label"] for row in scripted.rows()] == ["positive"] * 3


@pytest.mark.parametrize("statement", TAMPERED.values(), ids=TAMPERED.keys())
def test_a_ledger_of_nonsense_is_explained_or_refused(scripted: AttackDesk, statement: str) -> None:
    scripted.label()
    _tamper(scripted, statement)
    done = scripted.run("explain", "1", "--ledger", "sqlite:///ledger.db")
    if done.code:
        _check_refused(done)


ACTIVE = {
    "a trigger that forgets what was spent": (
        "create trigger t after insert on settlement begin delete from settlement; end",
    ),
    "a trigger that makes it cheap": (
        "create trigger t after insert on settlement begin"
        " update settlement set cost_pico = 0; end",
    ),
    "a view in a table's place": (
        "alter table settlement rename to hidden",
        "create view settlement as select * from hidden where 0",
    ),
}


@pytest.mark.parametrize("statements", ACTIVE.values(), ids=ACTIVE.keys())
def test_a_ledger_that_does_things_by_itself_is_refused(
    scripted: AttackDesk, statements: tuple[str, ...]
) -> None:
    """Otherwise the spend could shrink, and the budget would be no wall."""
    scripted.label()
    _tamper(scripted, *statements)
    scripted.write_texts([f"Soup {number}." for number in range(10)])
    _check_refused(scripted.label())


def test_a_file_that_is_no_ledger_is_refused(scripted: AttackDesk) -> None:
    scripted.write("ledger.db", b"SQLite format 3\0" + b"\xff" * 5000)
    _check_refused(scripted.label())
