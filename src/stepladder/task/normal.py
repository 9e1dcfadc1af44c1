"""One form for answers that differ only in case, spaces, quotes or punctuation around them."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

KEPT_AT_THE_EDGE = "+-#%&"
"""Signs that may be all of a label's difference: C and C++, or + and -."""

LOOKS = dict.fromkeys(map(ord, "\ufe0e\ufe0f"))
"""Variation selectors: whether an emoji is drawn in colour."""

REMEMBERED = 4096
"""Answers and tokens whose normal form is kept: a run sees the same few again and again."""
SHORT = 64
"""Characters of the longest answer that is remembered."""


def normal(answer: str) -> str:
    """The answer in lower case, without what surrounds its first and last letter."""
    return _remembered(answer) if len(answer) <= SHORT else _normal(answer)


def _normal(answer: str) -> str:
    folded = unicodedata.normalize("NFKC", answer).translate(LOOKS).casefold()
    words = " ".join(folded.split())
    return words.strip("".join(c for c in set(words) if not _kept(c)))


_remembered = lru_cache(maxsize=REMEMBERED)(_normal)


def _kept(character: str) -> bool:
    return character.isalnum() or character in KEPT_AT_THE_EDGE or _is_symbol(character)


def _is_symbol(character: str) -> bool:
    """Emoji and the like can be labels of their own; punctuation and spaces cannot."""
    return unicodedata.category(character) in {"So", "Sm", "Sc", "Mn", "Mc"}
