"""What is wrong with a TOML file is said with its line, its key, and what to do."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, model_validator

from stepladder.errors import PolicyError, SettingsError, TaskError
from stepladder.nearest import did_you_mean
from stepladder.strict_toml import KeyedError, Settings, load, read_toml
from stepladder.toml_lines import Keys, key_lines, line_of


class Dog(Settings):
    kind: Literal["dog"]
    name: str
    barks: bool = False


class Cat(Settings):
    kind: Literal["cat"]
    lives: int = Field(default=9, le=9)


class Toy(Settings):
    colour: str = Field(min_length=1)
    price: Decimal | None = Field(default=None, ge=0)


class Shelter(Settings):
    title: str
    animals: dict[str, Annotated[Dog | Cat, Field(discriminator="kind")]] | None = None
    toys: tuple[Toy, ...] = ()
    best: Toy | None = None
    mode: Literal["open", "shut"] = "open"

    @model_validator(mode="after")
    def _no_red(self) -> Shelter:
        for position, toy in enumerate(self.toys):
            if toy.colour == "red":
                raise KeyedError("is out of stock", "toys", position, "colour")
        return self


def problem(tmp_path: Path, text: str) -> str:
    path = tmp_path / "shelter.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load(Shelter, path, PolicyError)
    message = str(caught.value)
    assert "\n" not in message
    return message.replace(f"{tmp_path}/", "")


def test_numbers_with_a_point_are_exact(tmp_path: Path) -> None:
    path = tmp_path / "shelter.toml"
    path.write_text('title = "x"\nbest = {colour = "blue", price = 0.1}\n', encoding="utf-8")
    shelter = load(Shelter, path, PolicyError)
    assert shelter.best == Toy(colour="blue", price=Decimal("0.1"))


PROBLEMS = {
    "a typing error at the top": (
        'titel = "x"\n',
        "shelter.toml:1: titel: unknown key; did you mean 'title'?",
    ),
    "a missing key": ('mode = "open"\n', "shelter.toml: title: missing; add it"),
    "an unknown key in a table of one kind": (
        'title = "x"\n\n[animals.rex]\nbark = true\nname = "Rex"\nkind = "dog"\n',
        "shelter.toml:4: animals.rex.bark: unknown key; did you mean 'barks'?",
    ),
    "a key of another kind": (
        'title = "x"\n[animals.tom]\nkind = "cat"\n\nbarks = true\n',
        "shelter.toml:5: animals.tom.barks: unknown key; known: kind, lives",
    ),
    "an unknown key beside the missing one that it stands for": (
        'title = "x"\n[animals.rex]\nkind = "dog"\nnmae = "Rex"\n',
        "shelter.toml:4: animals.rex.nmae: unknown key; did you mean 'name'?",
    ),
    "a missing key that another table has": (
        'title = "x"\n[animals.one]\nkind = "dog"\n[animals.two]\nkind = "dog"\nname = "Two"\n',
        "shelter.toml:2: animals.one.name: missing; add it",
    ),
    "a wrong kind": (
        'title = "x"\n[animals.rex]\nname = "Rex"\nkind = "dgo"\n',
        "shelter.toml:4: animals.rex.kind: unknown kind 'dgo'; it is one of dog, cat",
    ),
    "no kind": (
        'title = "x"\n[animals.rex]\nname = "Rex"\n',
        "shelter.toml:2: animals.rex.kind: missing; write one of dog, cat",
    ),
    "a value in a table named like a kind": (
        'title = "x"\n[animals.cat]\nkind = "cat"\nlives = 10\n',
        "shelter.toml:4: animals.cat.lives: should be at most 9, not 10",
    ),
    "the second table of an array": (
        'title = "x"\n[[toys]]\ncolour = "blue"\n\n[[toys]]\ncolour = ""\n',
        "shelter.toml:6: toys.1.colour: should not be empty",
    ),
    "a validator that looks below its table": (
        'title = "x"\n[[toys]]\ncolour = "blue"\n[[toys]]\n\ncolour = "red"\n',
        "shelter.toml:6: toys.1.colour: is out of stock",
    ),
    "an inline table in a list over several lines": (
        'title = "x"\ntoys = [\n  {colour = "a"}, # colour = 1\n  {colour = "b", price = -1},\n]\n',
        "shelter.toml:4: toys.1.price: should be at least 0, not -1",
    ),
    "an inline table": (
        'title = "x"\nbest = {color = "blue"}\n',
        "shelter.toml:2: best.color: unknown key; did you mean 'colour'?",
    ),
    "a dotted key": (
        'title = "x"\nbest.colour = "blue"\nbest.cost = 1\n',
        "shelter.toml:3: best.cost: unknown key; known: colour, price",
    ),
    "a key that also stands in a text before": (
        'title = """\nmode = "ajar"\n[best]\n"""\nmode = "ajar"\n',
        "shelter.toml:5: mode: should be 'open' or 'shut', not 'ajar'",
    ),
    "a quoted key": (
        'title = "x"\n[animals."rex . é"]\nkind = "cat"\nage = 3\n',
        "shelter.toml:4: animals.'rex . é'.age: unknown key; known: kind, lives",
    ),
    "a number where a text belongs": (
        "title = 5\n",
        "shelter.toml:1: title: should be a text in quotes, not 5",
    ),
    "a text where a number belongs": (
        'title = "x"\nbest = {colour = "blue", price = "0.5"}\n',
        "shelter.toml:2: best.price: should be a number, not '0.5'",
    ),
    "true where a number belongs": (
        'title = "x"\n[animals.tom]\nkind = "cat"\nlives = true\n',
        "shelter.toml:4: animals.tom.lives: should be a number, not true",
    ),
    "yes where true belongs": (
        'title = "x"\n[animals.rex]\nkind = "dog"\nname = "Rex"\nbarks = "yes"\n',
        "shelter.toml:5: animals.rex.barks: should be true or false, not 'yes'",
    ),
    "half a number": (
        'title = "x"\n[animals.tom]\nkind = "cat"\nlives = 2.5\n',
        "shelter.toml:4: animals.tom.lives: should be a valid integer, "
        "got a number with a fractional part, not 2.5",
    ),
    "a value where a table belongs": (
        'title = "x"\nbest = 3\n',
        "shelter.toml:2: best: should be a table, not 3",
    ),
    "a table where a list belongs": (
        'title = "x"\n[toys]\n',
        "shelter.toml:2: toys: should be a list",
    ),
    "no TOML": (
        'title = "x"\nmode = open\n',
        "shelter.toml:2: not valid TOML: Invalid value",
    ),
    "a key that comes twice": (
        'title = "x"\ntitle = "y"\n',
        "shelter.toml:2: not valid TOML: Cannot overwrite a value",
    ),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_problems(tmp_path: Path, name: str) -> None:
    text, message = PROBLEMS[name]
    assert problem(tmp_path, text) == message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "latin.toml").write_bytes('title = "Käse"'.encode("latin-1"))
    expected = {
        "none.toml": "no such file",
        "folder.toml": "is a folder; name a file in it",
        "latin.toml": "not UTF-8; save it as UTF-8",
    }
    for name, message in expected.items():
        with pytest.raises(TaskError) as caught:
            load(Shelter, tmp_path / name, TaskError)
        assert str(caught.value) == f"{tmp_path / name}: {message}"


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "shelter.toml"
    path.write_bytes(b'\xef\xbb\xbftitle = "x"\r\n')
    assert load(Shelter, path, SettingsError).title == "x"


DOCUMENT = '''\
top = 1  # [not.a.table]
"quoted key" = """
top = 2
[neither]"""
a.b.c = [1,
  2,  # ] }
  [3, '4']]
[table.inner]
x = { y = 1, z = { w = "}" } }

[[list]]
k = 1
[[list]]
date = 1979-05-27 07:32:00
k = 2
[list.below]
deep = \'\'\'
k = 9\'\'\'
[[list.more]]
m = ""
[[list.more]]
m = \'it"s\'
quotes = """ends "so""""
after = "1"
'''

LINES = {
    ("top",): 1,
    ("quoted key",): 2,
    ("a",): 5,
    ("a", "b", "c"): 5,
    ("a", "b", "c", "0"): 5,
    ("a", "b", "c", "1"): 6,
    ("a", "b", "c", "2"): 7,
    ("a", "b", "c", "2", "1"): 7,
    ("table", "inner"): 8,
    ("table", "inner", "x"): 9,
    ("table", "inner", "x", "z", "w"): 9,
    ("list",): 11,
    ("list", "0"): 11,
    ("list", "0", "k"): 12,
    ("list", "1"): 13,
    ("list", "1", "date"): 14,
    ("list", "1", "k"): 15,
    ("list", "1", "below", "deep"): 17,
    ("list", "1", "more", "0", "m"): 20,
    ("list", "1", "more", "1"): 21,
    ("list", "1", "more", "1", "m"): 22,
    ("list", "1", "more", "1", "after"): 24,
}


@pytest.mark.parametrize("keys", LINES)
def test_every_key_is_found_on_its_line(keys: Keys) -> None:
    assert key_lines(DOCUMENT)[keys] == LINES[keys]


def test_a_key_that_is_not_there_is_looked_for_where_it_belongs() -> None:
    lines = key_lines(DOCUMENT)
    assert line_of(lines, ("list", "1", "missing")) == 13
    assert line_of(lines, ("list", "5")) == 11
    assert line_of(lines, ("nowhere",)) is None


def every_key(value: Any, above: Keys = ()) -> set[Keys]:
    below = value.items() if isinstance(value, dict) else enumerate(value)
    found = set()
    for key, item in below:
        keys = (*above, str(key))
        found |= {keys} | (every_key(item, keys) if isinstance(item, dict | list) else set())
    return found


def toml(value: Any) -> str:
    """The value as TOML, with lists and tables inline."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{text(k)} = {toml(v)}' for k, v in value.items())}}}"
    if isinstance(value, list):
        return f"[{''.join(f'{toml(item)},{chr(10)}' for item in value)}]"
    return text(value) if isinstance(value, str) else str(value).lower()


def text(value: str) -> str:
    escaped = "".join(c if c.isalnum() or c in " '#={}[],." else f"\\U{ord(c):08x}" for c in value)
    return f'"{escaped}"'


words = st.text(st.characters(codec="utf-8"), max_size=8)
values = st.recursive(
    st.booleans() | st.integers(-(2**60), 2**60) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(words, values, max_size=4))
def test_all_keys_of_any_file_are_found(tables: dict[str, Any]) -> None:
    document = "".join(f"{text(key)} = {toml(value)}\n" for key, value in tables.items())
    assert tomllib.loads(document) == tables
    assert set(key_lines(document)) == every_key(tables)


@pytest.mark.parametrize(
    ("unknown", "known", "answer"),
    [
        ("probabilty", ["probability", "agree"], "did you mean 'probability'?"),
        ("POSITIVE", ["negative", "Positive"], "did you mean 'Positive'?"),
        ("x", ["b", "a", "b"], "known: a, b"),
        ("x", [], "none is known"),
        ("x", list("abcdefghijklm"), "known: a, b, c, d, e, f, g, h, i, j, k, l, …"),
    ],
)
def test_the_nearest_name_is_offered(unknown: str, known: list[str], answer: str) -> None:
    assert did_you_mean(unknown, known) == answer


@pytest.mark.parametrize("key", ["a" + ".b" * 5_000, "a" + " . b" * 5_000, '"a"' + ".'b'" * 5_000])
def test_an_endless_key_is_refused_before_anybody_takes_hours_over_it(
    tmp_path: Path, key: str
) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(f"{key} = 1")
    with pytest.raises(PolicyError, match="a key of over 64 parts"):
        read_toml(file, PolicyError)


def test_long_words_and_long_prose_are_no_endless_key(tmp_path: Path) -> None:
    file = tmp_path / "task.toml"
    prose = "See www.example.org/a.b.c and so on ... " * 500
    file.write_text(f"text = '''{prose}{'x' * 200_000}'''")
    assert read_toml(file, PolicyError)["text"].startswith("See www")
