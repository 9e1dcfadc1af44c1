"""Tokens add up kind by kind."""

from __future__ import annotations

from stepladder.types import UNUSED, Usage


def test_every_kind_is_added_on_its_own() -> None:
    first = Usage(1, 20, 300, 4_000, 50_000, requests=1)
    second = Usage(6, 50, 400, 3_000, 20_000, requests=2)
    assert first + second == Usage(
        input=7, cached_input=70, cache_write=700, output=7_000, reasoning=70_000, requests=3
    )


def test_tokens_are_those_of_all_kinds_but_not_the_requests() -> None:
    assert Usage(1, 20, 300, 4_000, 50_000, requests=9).tokens == 54_321


def test_nothing_asked_adds_nothing() -> None:
    used = Usage(input=5, output=1)
    assert used + UNUSED == used
    assert used.requests == 1
