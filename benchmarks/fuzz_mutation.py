"""Inputs a little wrong, as strangers and attackers write them. Deterministic from a seed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

LONGEST = 20_000
"""Bytes of an input."""

ODD = tuple(
    text.encode("utf-8", "surrogatepass")
    for text in (
        *("", "0", "-1", "1.5", "1e999", "1e-999", "9" * 30, "9" * 5000, "-0.0", "0x7fffffff"),
        *("nan", "inf", "-inf", "NaN", "Infinity", "-Infinity", "null", "true", "false"),
        *("1e99999999999999999999", "1e400", "0.1e-500", "1_000", "08", "2024-13-45", "1979-05-27"),
        *("1979-05-27T07:32:00Z", "00:00:60", "9999-12-31", "0001-01-01"),
        *('""', "''", '"""', "'''", '"\\u0000"', '"\\ud800"', '"\\U0010ffff"', '"\\U00110000"'),
        *("[]", "{}", "[[", "]]", "{", "}", "[", "]", ",", "=", "#", ":", "\n", "\r", "\r\n"),
        *("\0", "\ufeff", "\u202e", "\u200b", "\ud800", "\x1b[2J", "\t", "|", '\\"', "\\"),
        *("../../etc/passwd", "/dev/zero", "{text.__class__}", "{0}", "{{}}", "%s%n", "${HOME}"),
        *("=1+1", "@SUM(A1)", "__proto__", "__class__", "'; DROP TABLE vote;--", "<data>"),
        *("gold", "a > b", "id", "label", "text", "votes", "stated_confidence", "prompt_tokens"),
    )
)
"""Words that break readers."""

BOMBS = (b"[", b"{", b'{"a":', b'[{"a":', b"a.", b'"', b"(", b"\n", b" ", b"[[a]]\n", b"a={a=")
"""What is dangerous when repeated."""

VALUE = re.compile(rb"(?<=[=:] )[^\n,}]+")

Mutation = Callable[[bytearray, Random], None]


def mutated(data: bytes, chance: Random, others: Sequence[bytes]) -> bytes:
    """The input after one to six random changes; `others` lend their parts."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        chance.choice(MUTATIONS)(changed, chance)
    if chance.random() < 0.1 and others:
        other = chance.choice(others)
        cut = _place(changed, chance)
        changed[cut:] = other[chance.randint(0, len(other)) :]
    return bytes(changed[:LONGEST])


def _place(data: bytearray, chance: Random) -> int:
    return chance.randint(0, len(data))


def _flip(data: bytearray, chance: Random) -> None:
    if data:
        data[chance.randrange(len(data))] = chance.randrange(256)


def _put_odd(data: bytearray, chance: Random) -> None:
    at = _place(data, chance)
    data[at:at] = chance.choice(ODD)


def _replace_value(data: bytearray, chance: Random) -> None:
    found = list(VALUE.finditer(bytes(data)))
    if found:
        start, end = chance.choice(found).span()
        data[start:end] = chance.choice(ODD)


def _cut(data: bytearray, chance: Random) -> None:
    start = _place(data, chance)
    del data[start : start + chance.choice((1, 2, 8, 64))]


def _double(data: bytearray, chance: Random) -> None:
    start = _place(data, chance)
    piece = data[start : start + chance.choice((1, 4, 16, 64, 256))]
    at = _place(data, chance)
    data[at:at] = piece * chance.choice((1, 2, 10))


def _bomb(data: bytearray, chance: Random) -> None:
    at = _place(data, chance)
    data[at:at] = chance.choice(BOMBS) * chance.choice((3, 100, 600, 1100, 5000))


def _nest(data: bytearray, chance: Random) -> None:
    """A value wrapped so deeply that a recursive reader gives up, yet closed properly."""
    found = list(VALUE.finditer(bytes(data)))
    if found:
        span = chance.choice(found).span()
        depth = chance.choice((5, 120, 400, 970, 1020, 3000))
        inner = chance.choice((b"1.5", b"1", b'"x"', b""))
        data[span[0] : span[1]] = b"[" * depth + inner + b"]" * depth


MUTATIONS: tuple[Mutation, ...] = (
    *(_flip, _flip, _put_odd, _put_odd, _replace_value, _replace_value, _replace_value),
    *(_cut, _cut, _double, _bomb, _nest),
)
