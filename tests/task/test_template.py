"""Templates put values in place and never run or read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.task.template import check_template, fill, template_columns

values = st.text() | st.text(alphabet="{}%$text\\0n ")


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{text}", "T"),
        ("{title}: {text} ({title})", "A: T (A)"),
        ("{{text}} is {text}", "{text} is T"),
        ("{{{text}}}", "{T}"),
        ("{ text }", "T"),
        ('{{"review": "{text}"}}', '{"review": "T"}'),
        ("$text %s \\1 {text}", "$text %s \\1 T"),
    ],
)
def test_filling(template: str, shown: str) -> None:
    assert fill(template, {"text": "T", "title": "A"}) == shown


@given(values, values)
def test_values_are_never_read_as_templates(text: str, title: str) -> None:
    shown = fill("<{text}|{title}|{text}>", {"text": text, "title": title})
    text, title = text.replace("\0", " "), title.replace("\0", " ")
    assert shown == f"<{text}|{title}|{text}>"


@pytest.mark.parametrize(
    "value",
    ["{title}", "{{", "}}", "{0.__class__}", "{text!r}", "${title}", "\\g<0>", "%(title)s"],
)
def test_values_that_look_like_templates_stay_as_they_are(value: str) -> None:
    assert fill("{text}!", {"text": value, "title": "SECRET"}) == f"{value}!"


def test_a_null_byte_becomes_a_space() -> None:
    assert fill("{text}", {"text": "a\0b"}) == "a b"


def test_the_columns_of_a_template_in_order_once_each() -> None:
    assert template_columns("{b} {a} {{c}} { b }") == ("b", "a")
    assert template_columns("{review text}") == ("review text",)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{text", r"a lone \{ in the template"),
        ("text}", r"a lone \} in the template"),
        ("{a{b}}", r"a lone \{ in the template"),
        ("{}", r"\{\} in the template names no column"),
        ("{ }", r"\{\} in the template names no column"),
        ("no column", "the template names no column"),
        ("{{text}}", "the template names no column"),
        ("", "the template names no column"),
    ],
)
def test_templates_that_cannot_be_meant(template: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_template(template)
