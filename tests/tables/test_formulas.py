"""Spreadsheets run nothing from our CSV files, and no text is lost by that."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.tables import restored
from stepladder.tables.formulas import defused

texts = st.text() | st.text(alphabet="'=+-@\t\r\n09.,ab(")


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", '=cmd|"/c calc"!A1', "-x", "=5"],
)
def test_what_a_spreadsheet_may_run_gets_an_apostrophe(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["-5", "+49", "-1.5", "-1,000.25", "5", "", "a=b", "'quoted'", "C++", "-", "+"]
)
def test_numbers_and_plain_texts_stay_as_they_are(text: str) -> None:
    assert defused(text) == text


@given(texts)
def test_every_text_can_be_had_back(text: str) -> None:
    assert restored(defused(text)) == text


@given(texts)
def test_nothing_that_computes_begins_a_field(text: str) -> None:
    shown = defused(text)
    assert shown[:1] not in {"=", "@", "\t", "\r", "\n"}
    assert shown[:1] not in {"+", "-"} or not re.search(r"[^0-9.,+-]", shown)
