"""A bound that no tokenizer passes."""

from __future__ import annotations

from importlib.util import find_spec
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepladder.pricing import likely_tokens, message_overhead, most_tokens
from stepladder.pricing.encodings import load_encoding

needs_encodings = pytest.mark.skipif(
    find_spec("litellm") is None, reason="the encodings' files come with litellm"
)
any_text = st.text(st.characters(exclude_categories=()), max_size=200)
encodings = st.sampled_from(["o200k_base", "cl100k_base", "p50k_base"])


def test_without_an_encoding_bytes_bound_the_tokens() -> None:
    assert most_tokens(["hello"], None) == 5 + 2
    # Three bytes a character, and 2 more tokens for every text.
    assert most_tokens(["漢漢", "", "a"], None) == (6 + 2) + 2 + (1 + 2)
    # é is two bytes, but three in the normal form that takes it apart.
    assert most_tokens(["é"], None) == 3 + 2
    assert most_tokens([], None) == 0


def test_a_guess_is_four_bytes_a_token_rounded_up() -> None:
    assert likely_tokens(["12345678", "123456789", ""], None) == 2 + 3
    assert likely_tokens(["漢漢漢"], None) == 3


def test_an_unknown_encoding_counts_as_none() -> None:
    assert most_tokens(["hello"], "klingon") == 7


@needs_encodings
def test_with_an_encoding_the_count_is_exact() -> None:
    # As tiktoken's documentation has it.
    assert most_tokens(["tiktoken is great!"], "cl100k_base") == 6
    assert likely_tokens(["tiktoken is great!", "hello world"], "cl100k_base") == 6 + 2
    assert most_tokens(["tiktoken is great!"], "o200k_base") == 6


@needs_encodings
def test_special_tokens_in_a_text_are_counted_as_text() -> None:
    assert most_tokens(["<|endoftext|>"], "cl100k_base") > 1


@needs_encodings
@settings(deadline=None)
@given(text=any_text, name=encodings)
def test_bytes_are_never_fewer_than_tokens(text: str, name: str) -> None:
    exact = most_tokens([text], name)
    assert exact == likely_tokens([text], name) <= most_tokens([text], None)


@needs_encodings
@settings(deadline=None)
@given(text=any_text, name=encodings, form=st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_the_bound_holds_for_tokenizers_that_normalise_first(
    text: str, name: str, form: str
) -> None:
    normal = normalize(form, text)  # type: ignore[arg-type]
    assert most_tokens([normal], name) <= most_tokens([text], None)


@needs_encodings
def test_characters_that_normalising_makes_longer() -> None:
    # Four bytes each, three characters of four bytes after NFC, which Qwen applies.
    notes = "\U0001d160" * 10
    tokens = most_tokens([normalize("NFC", notes)], "p50k_base")
    assert len(notes.encode()) < tokens <= most_tokens([notes], None)


@given(text=any_text)
def test_a_guess_is_never_above_the_bound(text: str) -> None:
    assert likely_tokens([text], None) <= most_tokens([text], None)


@needs_encodings
@pytest.mark.parametrize("run", ["a", " ", "漢", "^", "\n"])
def test_a_million_characters_without_a_break_are_bounded_by_bytes(run: str) -> None:
    text = run * 1_000_000
    assert most_tokens([text], "o200k_base") == len(text.encode()) + 2


@needs_encodings
def test_a_long_text_of_ordinary_words_is_counted_exactly() -> None:
    text = "hello world " * 20_000
    tokenizer = load_encoding("o200k_base")
    assert tokenizer is not None
    assert most_tokens([text], "o200k_base") == len(tokenizer.encode(text)) < 50_000


def test_overhead_grows_with_the_messages() -> None:
    assert message_overhead(1) == 32
    assert message_overhead(3) - message_overhead(2) == 16
