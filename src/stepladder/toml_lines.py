"""On which line each key of a TOML file stands. The file is known to be valid TOML."""

from __future__ import annotations

import re
import tomllib
from collections import Counter

Keys = tuple[str, ...]
"""A way down the tables; the place in an array is a key such as '0'."""

TOKEN = re.compile(
    r"""
      (?P<space>[ \t\r]+|\#[^\n]*)
    | (?P<quoted>\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\])*"|'[^']*')
    | (?P<sign>[\[\]{},=.\n])
    | (?P<bare>[^\s\[\]{},=."'\#]+)
    """,
    re.VERBOSE | re.DOTALL,
)


def key_lines(text: str) -> dict[Keys, int]:
    """The line, from 1, on which each key and each array element first stands."""
    return _Reader(text).lines


def line_of(lines: dict[Keys, int], keys: Keys) -> int | None:
    """The line of these keys, or of the nearest table or array around them."""
    around = (keys[:end] for end in range(len(keys), 0, -1))
    return next((lines[known] for known in around if known in lines), None)


class _Reader:
    """Walks once over the tokens; values themselves are skipped."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Keys, int] = {}
        self._tokens: list[tuple[str, str, int]] = []
        self._at = 0
        self._elements: Counter[Keys] = Counter()
        line = 1
        for match in TOKEN.finditer(text):
            if match.lastgroup != "space":
                self._tokens.append((match.lastgroup or "", match.group(), line))
            line += match.group().count("\n")
        self._document()

    def _peek(self) -> str:
        kind, text, _ = self._tokens[self._at] if self._at < len(self._tokens) else ("", "", 0)
        return text if kind == "sign" else kind

    def _skip(self, signs: str) -> bool:
        before = self._at
        while self._peek() and self._peek() in signs:
            self._at += 1
        return self._at > before

    def _document(self) -> None:
        table: Keys = ()
        while self._at < len(self._tokens):
            if self._skip("\n"):
                continue
            if self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Keys:
        line = self._tokens[self._at][2]
        start = self._at
        self._skip("[")
        is_array = self._at - start == 2
        *parents, last = self._dotted()
        self._skip("]")
        table: Keys = ()
        for key in parents:
            table = self._newest((*table, key))
            self.lines.setdefault(table, line)
        table = (*table, last)
        if is_array:
            self._elements[table] += 1
        self.lines.setdefault(table, line)
        table = self._newest(table)
        self.lines.setdefault(table, line)
        return table

    def _newest(self, table: Keys) -> Keys:
        count = self._elements[table]
        return (*table, str(count - 1)) if count else table

    def _pair(self, table: Keys) -> None:
        line = self._tokens[self._at][2]
        for key in self._dotted():
            table = (*table, key)
            self.lines.setdefault(table, line)
        self._skip("=")
        self._value(table)

    def _dotted(self) -> list[str]:
        keys = []
        while self._peek() in {"bare", "quoted", "."}:
            kind, text, _ = self._tokens[self._at]
            self._at += 1
            if kind == "quoted":
                text = tomllib.loads(f"key = {text}")["key"]
            if kind != "sign":
                keys.append(text)
        return keys

    def _value(self, at: Keys) -> None:
        match self._peek():
            case "[":
                self._array(at)
            case "{":
                self._inline_table(at)
            case _:
                while self._peek() in {"bare", "quoted", "."}:
                    self._at += 1

    def _more(self, end: str) -> bool:
        self._skip(",\n")
        return self._peek() not in {end, ""}

    def _array(self, at: Keys) -> None:
        self._at += 1
        index = 0
        while self._more("]"):
            element = (*at, str(index))
            self.lines.setdefault(element, self._tokens[self._at][2])
            self._value(element)
            index += 1
        self._at += 1

    def _inline_table(self, at: Keys) -> None:
        self._at += 1
        while self._more("}"):
            self._pair(at)
        self._at += 1
