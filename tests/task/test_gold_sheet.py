"""Gold through a spreadsheet: what is written is read back, and mistakes are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepladder.errors import TableError
from stepladder.task import Task
from stepladder.task.gold_sheet import SheetAnswer, check_new, read_sheet, write_sheet
from stepladder.types import Candidate, CandidateKey

TASK = Task.model_validate(
    {"name": "moods", "instructions": "?", "labels": ["good", "bad", "=mixed"]}
)
SEVERAL = TASK.model_copy(
    update={"columns": TASK.columns.model_copy(update={"question": "aspect"})}
)
IDS = ("r1", "-5", "=SUM(A1)", "'=x", '+a,b"c')


def key(identity: str, question: str = "label") -> CandidateKey:
    return CandidateKey(identity, question)


def candidates(*ids: str, text: str = "Fine.") -> list[Candidate]:
    return [Candidate(identity, {"text": text}) for identity in ids]


def test_ids_and_labels_that_look_like_formulas_come_back(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    write_sheet(sheet, TASK, candidates(*IDS, text="=HYPERLINK(1)\r\n'quoted'"))
    text = sheet.read_text(encoding="utf-8-sig")
    assert "\"'=HYPERLINK(1)" in text
    assert '"\'=SUM(A1)"' in text
    assert text.count('"good | bad | =mixed"') == len(IDS)
    # What a user types may carry the apostrophe that a spreadsheet asks for.
    sheet.write_text(text.replace('"","good |', '"\'=mixed","good |'), encoding="utf-8")
    answers = read_sheet(sheet, TASK, dict.fromkeys(map(key, IDS)))
    assert answers == [SheetAnswer(key(identity), "=mixed") for identity in IDS]


def test_empty_labels_come_back_as_none(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    write_sheet(sheet, TASK, candidates("r1", "r2"))
    assert read_sheet(sheet, TASK, {key("r1"): None, key("r2"): None}) == [
        SheetAnswer(key("r1"), None),
        SheetAnswer(key("r2"), None),
    ]


def test_rows_with_nothing_in_them_are_left_out(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    write_sheet(sheet, TASK, candidates("r1", "r2"))
    with sheet.open("a", encoding="utf-8") as file:
        file.write(",,,\r\n, ,,\r\n")
    answers = read_sheet(sheet, TASK, {key("r1"): None, key("r2"): None})
    assert [answer.key.id for answer in answers] == ["r1", "r2"]
    with sheet.open("a", encoding="utf-8") as file:
        file.write(",,good,\r\n")
    with pytest.raises(TableError, match="id '' was not drawn"):
        read_sheet(sheet, TASK, {key("r1"): None, key("r2"): None})


def test_questions_have_a_column_where_there_are_several(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    asked = [Candidate("r1", {"text": "Fine."}, question) for question in ("food", "noise")]
    write_sheet(sheet, SEVERAL, asked)
    answers = read_sheet(sheet, SEVERAL, dict.fromkeys(one.key for one in asked))
    assert [answer.key for answer in answers] == [one.key for one in asked]


def test_jsonl_is_read_as_it_is(tmp_path: Path) -> None:
    sheet = tmp_path / "back.jsonl"
    sheet.write_text('{"id": "\'=x", "label": " bad "}\n', encoding="utf-8")
    assert read_sheet(sheet, TASK, {key("'=x"): None}) == [SheetAnswer(key("'=x"), "bad")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,label\nr1,god\n", ":2: 'god' is not a label of the task; did you mean 'good'?"),
        ("id,label\nr1,good\nr9,bad\n", ":3: id 'r9' was not drawn (known: r1)"),
        ("id,label\nr1,good\nr1,bad\n", ":3: id 'r1' stands in line 2 already"),
        ("id,lable\nr1,good\n", ":2: no column 'label'; did you mean 'lable'?"),
        ("id,label\n", "empty"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(text, encoding="utf-8")
    with pytest.raises(TableError) as raised:
        read_sheet(sheet, TASK, {key("r1"): None})
    assert said in str(raised.value)


def test_a_sheet_is_new_and_csv(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    check_new(sheet)
    sheet.touch()
    with pytest.raises(TableError, match="exists already"):
        check_new(sheet)
    with pytest.raises(TableError, match=r"ends in \.csv"):
        check_new(tmp_path / "sheet.xlsx")
