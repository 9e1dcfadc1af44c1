"""An answer as tokens, and what it costs; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from stepladder.testing.answers import Belief
from stepladder.testing.behaviour import Behaviour
from stepladder.testing.faults import Fault
from stepladder.testing.protocol import Asked


@dataclass(slots=True)
class Written:
    """The answer in tokens, with what the first one might have been."""

    tokens: tuple[str, ...]
    cut_off: bool
    """Whether the cap ended it."""
    reasoning: int
    """Hidden tokens before it."""
    first: Mapping[str, float]
    """Probability of each first token, most probable first; empty where nobody asked."""


@dataclass(slots=True)
class Tokens:
    """What is charged, or reported."""

    prompt: int
    cached: int
    """Of the prompt's."""
    completion: int
    reasoning: int
    """Of the completion's."""


def write(asked: Asked, belief: Belief, behaviour: Behaviour, fault: Fault | None) -> Written:
    """The answer as tokens, cut where the request wants it cut."""
    tokens = tokenised(belief.answer, chat=asked.chat)
    cap, reasoning = asked.cap, behaviour.reasoning
    if cap is not None and fault is not Fault.HUGE:
        reasoning = min(cap, reasoning)
        kept = tokens[: cap - reasoning]
    else:
        kept = tokens
    first = {} if asked.alternatives is None else _first(asked, tokens, belief, behaviour.labels)
    return Written(kept, len(kept) < len(tokens), reasoning, first)


def _first(
    asked: Asked, tokens: tuple[str, ...], belief: Belief, labels: tuple[str, ...]
) -> Mapping[str, float]:
    others = [label for label in labels if label != belief.answer]
    first: dict[str, float] = dict.fromkeys(tokens[:1], belief.probability)
    for label in others:
        for token in tokenised(label, chat=asked.chat)[:1]:
            first[token] = first.get(token, 0.0) + (1 - belief.probability) / len(others)
    return dict(sorted(first.items(), key=lambda item: -item[1]))


def tokenised(answer: str, *, chat: bool) -> tuple[str, ...]:
    """Words, each with the blanks before it."""
    # A completion goes on after its prompt with a space.
    return _words(answer if chat else f" {answer}") if len(answer) < 1000 else _split(answer)


def _split(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\s*\S+", text))


_words = lru_cache(maxsize=1024)(_split)


def used(asked: Asked, written: Written, belief: Belief, behaviour: Behaviour) -> Tokens:
    """What the request truly took."""
    prompt = asked.prompt_tokens if belief.prompt_tokens is None else belief.prompt_tokens
    cap = len(written.tokens) + written.reasoning if asked.cap is None else asked.cap
    return Tokens(
        prompt=prompt,
        cached=int(prompt * behaviour.cached),
        completion=min(len(written.tokens) + written.reasoning, cap),
        reasoning=written.reasoning,
    )


def absurd(asked: Asked, truly: Tokens) -> Tokens:
    """More than any honest bound of the request, whatever the prices of the kinds."""
    written = (asked.cap or 0) + 1000 * max(1, truly.completion) + 10 * asked.prompt_size
    return Tokens(truly.prompt, truly.cached, written, truly.reasoning)
