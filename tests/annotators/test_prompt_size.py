from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.annotators.prompt_size import fewest_tokens
from stepladder.pricing.encodings import load_encoding
from stepladder.pricing.tokens import most_tokens


def test_a_token_a_word_and_more_for_long_ones() -> None:
    assert fewest_tokens(["the soup", "was  cold\n"], None) == 4
    assert fewest_tokens(["x" * 16, "x" * 17], None) == 3


def test_exact_where_the_encoding_is_here() -> None:
    encoding = load_encoding("cl100k_base")
    if encoding is None:
        pytest.skip("no cl100k_base file on this machine")
    text = "Antidisestablishmentarianism, unfortunately!"
    assert fewest_tokens([text], "cl100k_base") == len(encoding.encode_ordinary(text))


@given(st.lists(st.text(max_size=50), max_size=3))
def test_never_more_than_the_most(texts: list[str]) -> None:
    assert fewest_tokens(texts, None) <= most_tokens(texts, None)
