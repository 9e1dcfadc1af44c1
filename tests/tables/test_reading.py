"""Tables come in as text, and whatever is wrong with one is said with file and line."""

from __future__ import annotations

from pathlib import Path

import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest

from stepladder.errors import TableError
from stepladder.tables import Row, columns_of, read_rows


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def problem_with(path: Path) -> str:
    with pytest.raises(TableError) as caught:
        list(read_rows(path))
    return str(caught.value).replace(str(path.parent), "…")


def test_csv_rows_know_where_they_begin(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "in.csv",
        'id,text\n1,plain\n2,"two\nlines, and a ""quote"""\n\n3,last\n',
    )
    assert list(read_rows(path)) == [
        Row(2, {"id": "1", "text": "plain"}),
        Row(3, {"id": "2", "text": 'two\nlines, and a "quote"'}),
        Row(6, {"id": "3", "text": "last"}),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_csv_with_a_byte_order_mark_and_any_line_end(tmp_path: Path, end: str) -> None:
    path = written(tmp_path, "in.csv", b"\xef\xbb\xbf" + f"id,text{end}1,é{end}2,ü".encode())
    assert [row.values for row in read_rows(path)] == [
        {"id": "1", "text": "é"},
        {"id": "2", "text": "ü"},
    ]


def test_csv_keeps_null_bytes_marks_and_long_texts_for_the_checks_that_name_them(
    tmp_path: Path,
) -> None:
    texts = ["a\0b", "\u202eabc", "x" * 200_000, "{text} {{", "'=1+1"]
    path = written(tmp_path, "in.csv", "text\n" + "\n".join(texts) + "\n")
    assert [row.values["text"] for row in read_rows(path)] == texts


def test_jsonl_values_become_text(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "in.jsonl",
        b'\xef\xbb\xbf{"id": 7, "text": "a\\nb", "none": null, "yes": true, "list": [1, "x"]}\r\n'
        b"\n"
        b'{"id": 123456789012345678901234567890, "share": 0.10, "big": 1.5e3}\n',
    )
    assert list(read_rows(path)) == [
        Row(1, {"id": "7", "text": "a\nb", "none": "", "yes": "true", "list": '[1,"x"]'}),
        Row(3, {"id": "123456789012345678901234567890", "share": "0.10", "big": "1.5e3"}),
    ]


def test_parquet_values_become_text(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    table = arrow.table(
        {
            "id": arrow.array([1, 2]),
            "text": arrow.array(["a", None]),
            "score": arrow.array([0.5, float("nan")]),
            "raw": arrow.array([b"bytes", "é".encode()]),
            "tags": arrow.array([["x", "y"], []]),
        }
    )
    parquet.write_table(table, path)
    assert list(read_rows(path)) == [
        Row(2, {"id": "1", "text": "a", "score": "0.5", "raw": "bytes", "tags": '["x","y"]'}),
        Row(3, {"id": "2", "text": "", "score": "", "raw": "é", "tags": "[]"}),
    ]


@pytest.mark.parametrize("name", ["in.CSV", "in.JsonL"])
def test_the_ending_may_be_in_capitals(tmp_path: Path, name: str) -> None:
    content = "text\nx\n" if "CSV" in name else '{"text": "x"}\n'
    assert [row.values for row in read_rows(written(tmp_path, name, content))] == [{"text": "x"}]


CSV_PROBLEMS = {
    "": "…/in.csv: empty; it needs at least one row",
    "id,text\n": "…/in.csv: empty; it needs at least one row",
    "\n1,x\n": "…/in.csv:1: no column names; the first line must name the columns",
    "id,text,id\n1,x,2\n": "…/in.csv:1: column 'id' appears twice; rename one",
    "id,text\n1,one, two\n": (
        "…/in.csv:2: 3 fields where the header names 2; "
        'put a text that holds commas between "quotes"'
    ),
    'id,text\n1,"a\nb"\n2\n': (
        "…/in.csv:4: 1 fields where the header names 2; "
        'put a text that holds commas between "quotes"'
    ),
}


@pytest.mark.parametrize("content", CSV_PROBLEMS)
def test_csv_problems(tmp_path: Path, content: str) -> None:
    assert problem_with(written(tmp_path, "in.csv", content)) == CSV_PROBLEMS[content]


def test_a_header_whose_quote_is_never_closed(tmp_path: Path) -> None:
    problem = problem_with(written(tmp_path, "in.csv", 'id,"text\n1,x\n'))
    assert problem.startswith("…/in.csv:1: not valid CSV: ")


@pytest.mark.parametrize(
    "content",
    ['id,text\n1,ok\n2,"never closed\nand on\n', 'id,text\n1,ok\n2,"closed" too soon\n'],
)
def test_csv_quotes_that_do_not_match_are_reported_where_the_row_begins(
    tmp_path: Path, content: str
) -> None:
    problem = problem_with(written(tmp_path, "in.csv", content))
    assert problem.startswith("…/in.csv:3: not valid CSV: ")
    assert problem.endswith('; write a quote inside "quotes" twice and close them')


JSONL_PROBLEMS = {
    "": "…/in.jsonl: empty; it needs at least one row",
    "\n \n": "…/in.jsonl: empty; it needs at least one row",
    '{"a": 1}\n[1]\n': '…/in.jsonl:2: a JSON object is needed, such as {"text": "…"}',
    '{"a": 1}\n"x"\n': '…/in.jsonl:2: a JSON object is needed, such as {"text": "…"}',
}


@pytest.mark.parametrize("content", JSONL_PROBLEMS)
def test_jsonl_problems(tmp_path: Path, content: str) -> None:
    assert problem_with(written(tmp_path, "in.jsonl", content)) == JSONL_PROBLEMS[content]


@pytest.mark.parametrize("bad", ["{", "{'a': 1}", '{"a": NaN}', '{"a": 1} {"a": 2}', '{"a": "\t"}'])
def test_json_that_cannot_be_read_is_named_by_its_line(tmp_path: Path, bad: str) -> None:
    problem = problem_with(written(tmp_path, "in.jsonl", f'{{"a": 1}}\n\n{bad}\n'))
    assert problem.startswith("…/in.jsonl:3: not valid JSON: ")
    assert problem.endswith("; each line is one object")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in.csv", "id,text\n" + "1,fine\n" * 5_000 + "2,Käse\n"),
        ("in.jsonl", '{"text": "fine"}\n' * 5_001 + '{"text": "Käse"}\n'),
    ],
)
def test_text_that_is_not_utf8_is_named_by_its_line(
    tmp_path: Path, name: str, content: str
) -> None:
    path = written(tmp_path, name, content.encode("latin-1"))
    assert problem_with(path) == f"…/{name}:5002: not UTF-8; save it as UTF-8"


def test_utf16_is_not_utf8(tmp_path: Path) -> None:
    path = written(tmp_path, "in.csv", "id,text\n1,x\n".encode("utf-16"))
    assert problem_with(path) == "…/in.csv:1: not UTF-8; save it as UTF-8"


def test_files_that_are_not_there_or_not_tables(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    assert problem_with(tmp_path / "none.csv") == "…/none.csv: no such file"
    assert problem_with(tmp_path / "folder.csv") == "…/folder.csv: is a folder; name a file in it"
    for name, ending in {"in.xlsx": ".xlsx", "in": "", "in.csv.gz": ".gz"}.items():
        assert problem_with(tmp_path / name) == (
            f"…/{name}: unknown ending {ending!r}; use .csv, .jsonl, .parquet"
        )


def test_a_parquet_file_must_be_one(tmp_path: Path) -> None:
    problem = problem_with(written(tmp_path, "in.parquet", "id,text\n1,x\n"))
    assert problem.startswith("…/in.parquet: not a readable Parquet file: ")
    assert "\n" not in problem


def test_a_damaged_parquet_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    parquet.write_table(arrow.table({"text": [f"text {n}" for n in range(5_000)]}), path)
    content = bytearray(path.read_bytes())
    content[20:2_000] = b"\xff" * 1_980
    path.write_bytes(content)
    assert problem_with(path).startswith("…/in.parquet: ")


def test_parquet_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    numbers = arrow.array([1])
    parquet.write_table(arrow.Table.from_arrays([numbers, numbers], ["a", "a"]), path)
    assert problem_with(path) == "…/in.parquet: column 'a' appears twice; rename one"


def test_columns_are_those_of_the_first_hundred_rows(tmp_path: Path) -> None:
    lines = ['{"id": 1}', '{"id": 2, "text": "x"}', *['{"id": 3}'] * 98, '{"late": 1}']
    assert columns_of(written(tmp_path, "in.jsonl", "\n".join(lines))) == ("id", "text")
    assert columns_of(written(tmp_path, "in.csv", "b,a\n1,2\n")) == ("b", "a")
