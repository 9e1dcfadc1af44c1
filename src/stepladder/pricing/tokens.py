"""How many tokens texts have: at most, and probably."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal
from unicodedata import normalize

from stepladder.pricing.encodings import load_encoding

if TYPE_CHECKING:
    from tiktoken import Encoding

ADDED_PER_TEXT = 2
"""Tokens a tokenizer may add to a text: a leading space and a begin-of-text token."""
OVERHEAD = 16
"""Tokens a chat template adds at most to a message, and again once to the whole request.

OpenAI, ChatML, Llama 3 and Gemma spend 3 to 6 on a message, Llama 2 up to 14, and all at most 8
on beginning the request and the answer. A template that brings a system prompt of its own
(Llama 3.1, gpt-oss) can add more: give its model no `encoding` in the price table, so that the
bytes which bound its texts leave room for it.
"""
LONGEST_RUN = 5_000
"""Characters without a break, all spaces or none, above which tiktoken is not asked.

Its time grew with the square of a run until 0.12, and as of 0.14 it panics on a million spaces.
"""
BYTES_PER_TOKEN = 4
"""A usual ratio for English prose."""

_FORMS: tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...] = ("NFC", "NFD", "NFKC", "NFKD")


def most_tokens(texts: Sequence[str], encoding: str | None) -> int:
    """The most tokens that the texts can have: exact with a tiktoken encoding, else by bytes.

    Bytes bound any tokenizer, since a token stands for at least one byte of the text after
    Unicode normalisation. An encoding whose file is not on this machine counts as none.
    """
    tokenizer = None if encoding is None else load_encoding(encoding)
    return sum(_most(text, tokenizer) for text in texts)


def likely_tokens(texts: Sequence[str], encoding: str | None) -> int:
    """A best guess for estimates: exact with a tiktoken encoding, else four bytes a token."""
    tokenizer = None if encoding is None else load_encoding(encoding)
    return sum(_likely(text, tokenizer) for text in texts)


def message_overhead(messages: int) -> int:
    """The most tokens that a chat template adds to so many messages."""
    return OVERHEAD * messages + OVERHEAD


def _most(text: str, tokenizer: Encoding | None) -> int:
    if tokenizer is None or _unbroken(text):
        return _most_bytes(text) + ADDED_PER_TEXT
    return len(tokenizer.encode_ordinary(text))


def _likely(text: str, tokenizer: Encoding | None) -> int:
    if tokenizer is None or _unbroken(text):
        return -(-_bytes(text) // BYTES_PER_TOKEN)
    return len(tokenizer.encode_ordinary(text))


def _unbroken(text: str) -> bool:
    if len(text) <= LONGEST_RUN:
        return False
    return any(len(run) > LONGEST_RUN for run in re.findall(r"\S+|\s+", text))


def _most_bytes(text: str) -> int:
    """Bytes in whichever normal form has the most: Qwen's NFC makes some characters longer."""
    if text.isascii():
        return len(text)
    return max(_bytes(text), *(_bytes(normalize(form, text)) for form in _FORMS))


def _bytes(text: str) -> int:
    # Half a surrogate pair, which JSON can carry, is sent as a replacement of three bytes too.
    return len(text.encode("utf-8", "surrogatepass"))
