from __future__ import annotations

from typing import Any

import pytest
from openai_server import usage

from stepladder.annotators.openai_usage import MOST_TOKENS, read_usage
from stepladder.types import Usage


def test_kinds_do_not_overlap() -> None:
    table = usage(
        1000,
        300,
        prompt_tokens_details={"cached_tokens": 640, "cache_write_tokens": 60},
        completion_tokens_details={"reasoning_tokens": 290},
    )
    assert read_usage(table, answered=True) == Usage(
        input=300, cached_input=640, cache_write=60, output=10, reasoning=290
    )


@pytest.mark.parametrize("details", [None, {}, {"cached_tokens": None}])
def test_missing_details_are_none_of_that_kind(details: Any) -> None:
    table = usage(50, 2, prompt_tokens_details=details, completion_tokens_details=details)
    assert read_usage(table, answered=True) == Usage(input=50, output=2)


def test_litellms_name_for_cache_writes_counts_once() -> None:
    details = {"cache_creation_tokens": 30, "cache_write_tokens": 30}
    read = read_usage(usage(50, 2, prompt_tokens_details=details), answered=True)
    assert read == Usage(input=20, cache_write=30, output=2)


def test_reasoning_beside_the_answer_is_not_taken_from_it() -> None:
    """xAI counts reasoning apart from completion_tokens."""
    details = {"reasoning_tokens": 300}
    larger = usage(50, 1, total_tokens=351, completion_tokens_details=details)
    assert read_usage(larger, answered=True) == Usage(input=50, output=1, reasoning=300)
    smaller = usage(50, 400, total_tokens=750, completion_tokens_details=details)
    assert read_usage(smaller, answered=True) == Usage(input=50, output=400, reasoning=300)


@pytest.mark.parametrize(
    "table",
    [
        None,
        "50",
        [],
        {},
        {"prompt_tokens": 50},
        usage(0, 2),
        usage(-1, 2),
        usage(50, -2),
        usage(50.0, 2),
        usage("50", 2),
        usage(True, 2),
        usage(None, 2),
        usage(50, 0),
        usage(MOST_TOKENS + 1, 2),
        usage(50, MOST_TOKENS + 1),
        usage(2**32 - 50, 2**32 - 2),
        usage(2**64 - 50, 2**64 - 2),
        usage(50, 2, completion_tokens_details={"reasoning_tokens": 2**64 - 1}),
        usage(2**64 - 1, 2, prompt_tokens_details={"cached_tokens": 2**64 - 2}),
        usage(50, 2, prompt_tokens_details={"cached_tokens": 51}),
        usage(50, 2, prompt_tokens_details={"cached_tokens": -1}),
        usage(50, 2, prompt_tokens_details=[1]),
        usage(50, 2, completion_tokens_details={"reasoning_tokens": "1"}),
    ],
)
def test_what_cannot_be_true_is_not_believed(table: Any) -> None:
    assert read_usage(table, answered=True) is None


def test_far_more_than_anybody_asked_for_is_believed_since_it_may_be_billed() -> None:
    read = read_usage(usage(50, MOST_TOKENS), answered=True)
    assert read == Usage(input=50, output=MOST_TOKENS)


def test_an_empty_answer_may_have_no_tokens() -> None:
    assert read_usage(usage(50, 0), answered=False) == Usage(input=50, output=0)
