"""Which models reason in secret before they answer, by their names."""

from __future__ import annotations

import re

THINKING_CAP = 2048
"""Tokens that a thinking model may use by default: reasoning and answer together."""

_THINKERS = re.compile(
    r"o\d\b"  # o1, o3-mini, o4-mini
    r"|gpt-[5-9](?!.*chat)|gpt-oss"
    r"|gemini-(2\.5|[3-9])(?!.*lite)"
    r"|deepseek-(reasoner|r\d)|magistral|grok-(4|3-mini)|qwq"
    r"|.*[-_:](thinking|reasoning)\b"
)
_OPENAI_THINKERS = re.compile(r"o\d\b|gpt-[5-9](?!.*chat)")


def thinks(model: str) -> bool:
    """Whether a model of this name usually reasons before it answers.

    Read off the last part of the name, `openai/o3-mini` as `o3-mini`. It decides
    a default only: a policy's `max_output_tokens` wins.
    """
    return _THINKERS.match(_last_part(model)) is not None


def thinks_at_openai(model: str) -> bool:
    """Whether OpenAI's own API takes it for a reasoning model.

    Those are the o series and all from gpt-5 on but the chat variants, fine-tuned
    ones (`ft:o4-mini:…`) too. They refuse `temperature`, `stop` and `logprobs`.
    """
    return _OPENAI_THINKERS.match(_last_part(model)) is not None


def _last_part(model: str) -> str:
    return model.rpartition("/")[2].lower().removeprefix("ft:")
