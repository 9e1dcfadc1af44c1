"""The OpenAI protocol as a fake provider speaks it: a request read, a reply written; pure.

Tokens are words. A prompt's words are never more than its UTF-8 bytes, which is
what a bound without a tokenizer stands on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import Any

from stepladder.testing.behaviour import Behaviour, Belief, Billing

MOST_ALTERNATIVES = 20
"""As in the protocol: at most so many top_logprobs."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What matters of one request."""

    model: str
    text: str
    """The last user message, or the prompt."""
    prompt_tokens: int
    chat: bool
    """Whether it came as messages."""
    cap: int | None
    """Most tokens of the answer."""
    alternatives: int | None
    """How many top_logprobs are wanted; None for no logprobs at all."""


@dataclass(frozen=True, slots=True)
class Written:
    """The answer in tokens, with what the first one might have been."""

    tokens: tuple[str, ...]
    cut_off: bool
    """Whether the cap ended it."""
    first: Mapping[str, float]
    """Probability of each first token, most probable first."""


def read_request(body: Mapping[str, Any], *, chat: bool) -> Asked:
    """The request; raises ValueError, KeyError or TypeError when it is not of the protocol."""
    if body.get("stream") or body.get("n", 1) != 1:
        raise ValueError("stream and n are not spoken here")
    texts = [m["content"] for m in body["messages"]] if chat else [body["prompt"]]
    users = [m["content"] for m in body["messages"] if m["role"] == "user"] if chat else texts
    return Asked(
        model=body["model"],
        text=users[-1] if users else "",
        prompt_tokens=sum(len(text.split()) for text in texts),
        chat=chat,
        cap=body.get("max_completion_tokens", body.get("max_tokens")),
        alternatives=_alternatives(body, chat=chat),
    )


def _alternatives(body: Mapping[str, Any], *, chat: bool) -> int | None:
    if not body.get("logprobs"):
        return None
    wanted = body.get("top_logprobs", 0) if chat else body["logprobs"]
    return min(int(wanted), MOST_ALTERNATIVES)


def write(asked: Asked, belief: Belief, labels: tuple[str, ...]) -> Written:
    """The answer as tokens, cut where the request wants it cut."""
    tokens = _tokens(belief.answer, chat=asked.chat)
    others = [label for label in labels if label != belief.answer]
    first: dict[str, float] = dict.fromkeys(tokens[:1], belief.probability)
    for token in (t for label in others for t in _tokens(label, chat=asked.chat)[:1]):
        first[token] = first.get(token, 0.0) + (1 - belief.probability) / len(others)
    ranked = dict(sorted(first.items(), key=lambda item: -item[1]))
    return Written(tokens[: asked.cap], len(tokens) > len(tokens[: asked.cap]), ranked)


def _tokens(answer: str, *, chat: bool) -> tuple[str, ...]:
    # A completion goes on after its prompt with a space.
    return tuple(re.findall(r"\s*\S+", answer if chat else f" {answer}"))


def charged_for(asked: Asked, written: Written, billing: Billing) -> int:
    """Tokens charged for the answer."""
    if billing is Billing.ABSURD:
        return (asked.cap or 0) + 1000 * max(1, len(written.tokens))
    return len(written.tokens)


def reply(number: int, asked: Asked, written: Written, behaviour: Behaviour) -> dict[str, Any]:
    """The whole reply."""
    choice = {
        "index": 0,
        "finish_reason": "length" if written.cut_off else "stop",
        **(_chat_choice(asked, written) if asked.chat else _completion_choice(asked, written)),
    }
    whole = {
        "id": f"fake-{number}",
        "object": "chat.completion" if asked.chat else "text_completion",
        "created": 0,
        "model": asked.model,
        "choices": [choice],
    }
    usage = _usage(asked, written, behaviour.billing)
    return whole if usage is None else {**whole, "usage": usage}


def _usage(asked: Asked, written: Written, billing: Billing) -> dict[str, int] | None:
    if billing is Billing.MISSING:
        return None
    zero = billing is Billing.ZERO
    read = 0 if zero else asked.prompt_tokens
    wrote = 0 if zero else charged_for(asked, written, billing)
    return {"prompt_tokens": read, "completion_tokens": wrote, "total_tokens": read + wrote}


def _chat_choice(asked: Asked, written: Written) -> dict[str, Any]:
    content = "".join(written.tokens)
    choice: dict[str, Any] = {"message": {"role": "assistant", "content": content}}
    if asked.alternatives is not None:
        listed = [
            {**_entry(token, p), "top_logprobs": [_entry(*item) for item in top]}
            for token, p, top in _positions(written, asked.alternatives)
        ]
        choice["logprobs"] = {"content": listed}
    return choice


def _completion_choice(asked: Asked, written: Written) -> dict[str, Any]:
    choice: dict[str, Any] = {"text": "".join(written.tokens), "logprobs": None}
    if asked.alternatives is not None:
        positions = _positions(written, asked.alternatives)
        choice["logprobs"] = {
            "tokens": [token for token, _, _ in positions],
            "token_logprobs": [log(p) for _, p, _ in positions],
            "top_logprobs": [{t: log(p) for t, p in top} for _, _, top in positions],
        }
    return choice


def _positions(
    written: Written, alternatives: int
) -> list[tuple[str, float, list[tuple[str, float]]]]:
    """Token, probability and alternatives by position; after the first there is no doubt."""
    likely = [list(written.first.items())] + [[(token, 1.0)] for token in written.tokens[1:]]
    return [
        (token, dict(choices)[token], choices[:alternatives])
        for token, choices in zip(written.tokens, likely, strict=False)
    ]


def _entry(token: str, probability: float) -> dict[str, Any]:
    return {"token": token, "logprob": log(probability), "bytes": list(token.encode())}
