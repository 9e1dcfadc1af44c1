"""How much of a model's context window a candidate's prompt takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stepladder.annotators.prompt_size import fewest_tokens
from stepladder.engine.rates import TokenRate
from stepladder.engine.setup import Setup
from stepladder.policy import LocalSpec, ModelSpec
from stepladder.pricing import likely_tokens
from stepladder.task import Task, render_prompt
from stepladder.types import Candidate

LONGEST_CHARACTER = 4
"""Bytes, and so tokens, of one character at most."""


class Room(StrEnum):
    """Whether a prompt fits."""

    ENOUGH = "enough"
    DOUBTFUL = "doubtful"
    """Probably not: only the model's own tokenizer knows."""
    NONE = "none"
    """Surely not."""


@dataclass(frozen=True, slots=True)
class Window:
    """One model's context window."""

    context: int
    """Tokens of prompt and answer together."""
    spec: ModelSpec
    task: Task
    encoding: str | None
    """The tiktoken encoding that counts its tokens exactly, if there is one."""

    def room_for(self, candidate: Candidate) -> Room:
        """Whether the candidate's prompt fits."""
        texts = self._texts(candidate)
        if sum(map(len, texts)) * LONGEST_CHARACTER <= self.context:
            return Room.ENOUGH
        if fewest_tokens(texts, self.encoding) > self.context:
            return Room.NONE
        likely = likely_tokens(texts, self.encoding)
        return Room.ENOUGH if likely <= self.context else Room.DOUBTFUL

    def described(self, candidate: Candidate) -> str:
        """The prompt's length beside the window's, in words."""
        texts = self._texts(candidate)
        return (
            f"a prompt of {sum(map(len, texts)):,} characters, at least "
            f"{fewest_tokens(texts, self.encoding):,} tokens of at most {self.context:,}"
        )

    def _texts(self, candidate: Candidate) -> tuple[str, ...]:
        return render_prompt(self.task, candidate.columns, self.spec.prompt, self.spec.answer).texts


def windows_of(setup: Setup) -> dict[str, Window]:
    """The context windows of the models on the ladder, by annotator, where they are known."""
    found: dict[str, Window] = {}
    for name, rate in setup.rates.items():
        spec = setup.policy.annotators[name]
        if not isinstance(spec, ModelSpec) or not isinstance(rate, TokenRate):
            continue
        context = spec.context if isinstance(spec, LocalSpec) else rate.price.context
        if context is not None:
            found[name] = Window(context, spec, setup.task, rate.price.encoding)
    return found
