"""Tokens by kind, out of the usage table of an OpenAI-style reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stepladder.types import Usage

MOST_TOKENS = 2**30
"""Of one kind: no reply has so many, and a count below zero that went through 32 or 64
unsigned bits has more."""


class UnbelievableError(ValueError):
    """The usage table says what cannot be true; the caller falls back on the bound."""


def read_usage(usage: Any, *, answered: bool) -> Usage | None:
    """The usage, its kinds apart; None when it is missing or cannot be true.

    `prompt_tokens` includes what was read from and written to caches, and
    `completion_tokens` includes reasoning, except where it is the smaller of the
    two or `total_tokens` says otherwise. A prompt of no tokens, or an answer of
    none where there is text, is not believed: a zero would make the call free. Nor is
    a count above `MOST_TOKENS`. One that is merely beyond the bound is: it is billed.
    """
    try:
        return _usage(_table(usage), answered=answered)
    except UnbelievableError:
        return None


def _usage(usage: Mapping[str, Any], *, answered: bool) -> Usage:
    read, written = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    inputs = _table(usage.get("prompt_tokens_details") or {})
    cached = _count(inputs, "cached_tokens", 0)
    stored = _count(inputs, "cache_write_tokens", _count(inputs, "cache_creation_tokens", 0))
    outputs = _table(usage.get("completion_tokens_details") or {})
    reasoning = _count(outputs, "reasoning_tokens", 0)
    if read == 0 or cached + stored > read or (answered and written == 0):
        raise UnbelievableError
    apart = reasoning > written or usage.get("total_tokens") == read + written + reasoning
    return Usage(
        input=read - cached - stored,
        cached_input=cached,
        cache_write=stored,
        output=written if apart else written - reasoning,
        reasoning=reasoning,
    )


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise UnbelievableError
    return value


def _count(table: Mapping[str, Any], name: str, missing: int | None = None) -> int:
    value = table.get(name)
    if value is None:
        value = missing
    if type(value) is not int or not 0 <= value <= MOST_TOKENS:
        raise UnbelievableError
    return value
