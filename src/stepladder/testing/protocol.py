"""The OpenAI protocol as a fake provider reads it; pure.

Tokens are words. A prompt's words are never more than its UTF-8 bytes, which is
what a bound without a tokenizer stands on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

HOW_SURE = "how sure you are that it is right, from 0 to 100"
"""What a prompt says that asks for a stated confidence."""
MOST_ALTERNATIVES = 20
"""As in the protocol: at most so many top_logprobs."""


@dataclass(slots=True)
class Asked:
    """What matters of one request."""

    # Not frozen: that would take a tenth of the time of a whole request.

    model: str
    text: str
    """The last user message, or the prompt."""
    prompt_tokens: int
    prompt_size: int
    """Characters."""
    chat: bool
    """Whether it came as messages."""
    cap: int | None
    """Most tokens of the answer."""
    alternatives: int | None
    """How many top_logprobs are wanted; None for no logprobs at all."""
    sample: int
    """The `seed`: another one, another answer."""
    how_sure: bool = False
    """Whether the first message, or the prompt, asks for a stated confidence."""


def read_request(body: bytes, *, chat: bool) -> Asked:
    """The request; raises ValueError, KeyError or TypeError when it is not of the protocol."""
    given = orjson.loads(body)
    if given.get("stream") or given.get("n", 1) != 1:
        raise ValueError("stream and n are not spoken here")
    messages = given["messages"] if chat else [{"role": "user", "content": given["prompt"]}]
    *before, last = [_content(message["content"]) for message in messages]
    asks = messages[-1]["role"] == "user"
    return Asked(
        model=str(given["model"]),
        text=last if asks else _last_asked(messages),
        prompt_tokens=sum(map(_words_before, before)) + len(last.split()),
        prompt_size=sum(map(len, before)) + len(last),
        chat=chat,
        cap=given.get("max_completion_tokens", given.get("max_tokens")),
        alternatives=_alternatives(given, chat=chat),
        sample=int(given.get("seed") or 0),
        how_sure=HOW_SURE in (before[0] if before else last),
    )


def _last_asked(messages: Sequence[Mapping[str, Any]]) -> str:
    asked = (m["content"] for m in reversed(messages) if m["role"] == "user")
    return _content(next(asked, ""))


def _content(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part["text"] for part in content if part["type"] == "text")


@lru_cache(maxsize=256)
def _words_before(text: str) -> int:
    """Instructions and examples are the same in all requests of a run."""
    return len(text.split())


def _alternatives(body: Mapping[str, Any], *, chat: bool) -> int | None:
    if not body.get("logprobs"):
        return None
    wanted = body.get("top_logprobs", 0) if chat else body["logprobs"]
    return min(int(wanted), MOST_ALTERNATIVES)
