"""A reply of the OpenAI protocol, whole and true to its faults; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import Any

import orjson

from stepladder.testing.fate import Fate
from stepladder.testing.faults import Fault
from stepladder.testing.protocol import Asked
from stepladder.testing.written import Tokens, Written


@dataclass(frozen=True, slots=True)
class Position:
    """A token of the answer, with what could have stood in its place."""

    token: str
    probability: float
    alternatives: Mapping[str, float]
    """Probability by token, most probable first."""


def completion(
    asked: Asked, written: Written, usage: Mapping[str, Any] | None, fate: Fate
) -> bytes:
    """The body of a chat completion or a completion."""
    told = _chat(asked, written, fate) if asked.chat else _completion(asked, written)
    finish = "length" if written.cut_off else "stop"
    if fate.answer is Fault.FILTERED:
        finish = "content_filter"
    whole: dict[str, Any] = {
        "id": "fake",
        "object": "chat.completion" if asked.chat else "text_completion",
        "created": 0,
        "model": asked.model,
        "choices": [{"index": 0, "finish_reason": finish, **told}],
    }
    if usage is not None:
        whole["usage"] = usage
    return orjson.dumps(whole)


def usage_table(fault: Fault | None, truly: Tokens, charged: Tokens) -> Mapping[str, Any] | None:
    """What the usage says."""
    match fault:
        case Fault.USAGE_MISSING:
            return None
        case Fault.USAGE_ZERO:
            return _table(Tokens(0, 0, 0, 0))
        case Fault.USAGE_NEGATIVE:
            return _table(_negative(truly))
        case Fault.USAGE_UNDERFLOW:
            return {name: count % 2**64 for name, count in _table(_negative(truly)).items()}
        case Fault.USAGE_MISTYPED:
            return {name: str(count) for name, count in _table(truly).items()}
        case Fault.USAGE_ABSURD:
            return _table(charged)
        case _:
            return _table(truly)


def _negative(tokens: Tokens) -> Tokens:
    return Tokens(-tokens.prompt, 0, -max(1, tokens.completion), 0)


def _table(tokens: Tokens) -> dict[str, Any]:
    table: dict[str, Any] = {
        "prompt_tokens": tokens.prompt,
        "completion_tokens": tokens.completion,
        "total_tokens": tokens.prompt + tokens.completion,
    }
    if tokens.cached:
        table["prompt_tokens_details"] = {"cached_tokens": tokens.cached}
    if tokens.reasoning:
        table["completion_tokens_details"] = {"reasoning_tokens": tokens.reasoning}
    return table


def _chat(asked: Asked, written: Written, fate: Fate) -> dict[str, Any]:
    content = "".join(written.tokens)
    message: dict[str, Any] = {"role": "assistant", "content": content}
    if fate.answer is Fault.REFUSAL:
        message = {"role": "assistant", "content": None, "refusal": content}
    if asked.alternatives is None:
        return {"message": message}
    listed = [
        {
            **_entry(position.token, position.probability),
            "top_logprobs": [_entry(*item) for item in position.alternatives.items()],
        }
        for position in _positions(written, asked.alternatives)
    ]
    return {"message": message, "logprobs": {"content": listed}}


def _completion(asked: Asked, written: Written) -> dict[str, Any]:
    told: dict[str, Any] = {"text": "".join(written.tokens), "logprobs": None}
    if asked.alternatives is not None:
        positions = _positions(written, asked.alternatives)
        told["logprobs"] = {
            "tokens": [position.token for position in positions],
            "token_logprobs": [log(position.probability) for position in positions],
            "top_logprobs": [
                {token: log(p) for token, p in position.alternatives.items()}
                for position in positions
            ],
        }
    return told


def _positions(written: Written, alternatives: int) -> list[Position]:
    """After the first token there is no doubt."""
    if not written.tokens:
        return []
    first, *others = written.tokens
    listed = dict(list(written.first.items())[:alternatives])
    surely = ({token: 1.0} if alternatives else {} for token in others)
    return [
        Position(first, written.first[first], listed),
        *(Position(token, 1.0, top) for token, top in zip(others, surely, strict=True)),
    ]


def _entry(token: str, probability: float) -> dict[str, Any]:
    return {"token": token, "logprob": log(probability), "bytes": list(token.encode())}
