"""The fewest tokens that texts can have: what proves that a prompt cannot fit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stepladder.pricing.encodings import load_encoding
from stepladder.pricing.tokens import likely_tokens

LONGEST_TOKEN = 16
"""Characters that one token of running text stands for at most."""

_WORD = re.compile(r"\S+")


def fewest_tokens(texts: Sequence[str], encoding: str | None) -> int:
    """Exact where the encoding is at hand; else a token a word, or more for long words.

    The byte bound of a quote is four times too high for prose, and would refuse
    texts that fit; half as many bytes would still refuse prose in long words.
    Tokenizers of language models do not join words, so that words are a lower bound.
    """
    if encoding is not None and load_encoding(encoding) is not None:
        return likely_tokens(texts, encoding)
    return sum(_fewest(text) for text in texts)


def _fewest(text: str) -> int:
    return sum(-(-len(word.group()) // LONGEST_TOKEN) for word in _WORD.finditer(text))
