from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stepladder.annotators.one_line import one_line


def test_line_breaks_and_control_characters_become_spaces() -> None:
    assert one_line("no\n\tmodel\x00 \x1b[31m'x'\u202e") == "no model [31m'x'"


def test_the_secret_goes_before_the_text_is_cut() -> None:
    assert "sk-" not in one_line("x" * 297 + "sk-secret", "sk-secret")


@given(st.text(), st.text(min_size=4, alphabet="abc"))
def test_always_one_short_line(said: str, secret: str) -> None:
    shown = one_line(said + secret + said, secret)
    assert len(shown) <= 301
    assert shown.splitlines() in ([], [shown])
    assert secret not in shown
