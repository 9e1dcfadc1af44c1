"""How much of a model's context window a candidate's prompt takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stepladder.annotators.prompt_size import fewest_tokens
from stepladder.engine.rates import TokenRate
from stepladder.engine.setup import Setup
from stepladder.policy import LocalSpec, ModelSpec, asked_as
from stepladder.pricing import likely_tokens
from stepladder.task import Frame, Task, prompt_frame
from stepladder.task.template import read_template
from stepladder.task.variants import variant
from stepladder.types import Candidate

LONGEST_CHARACTER = 4
"""Bytes, and so tokens, of one character at most."""
LONGEST_SIGN = 2
"""Characters that one of a candidate's becomes at most, where a prompt has to tell it apart."""


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
    frame: Frame
    """What all its prompts share."""
    empty: int
    """Characters of the prompt about a candidate whose columns are empty."""
    slots: tuple[str, ...]
    """The columns that the prompt shows, each as often as it does."""
    encoding: str | None
    """The tiktoken encoding that counts its tokens exactly, if there is one."""

    @classmethod
    def of(cls, context: int, task: Task, spec: ModelSpec, encoding: str | None) -> Window:
        """The window of a model that is asked as `spec` says."""
        frame = prompt_frame(task, spec.prompt, spec.wanted)
        slots = tuple(slot.column for slot in read_template(task.text).slots)
        return cls(context, frame, sum(map(len, frame.prompt({}).texts)), slots, encoding)

    def room_for(self, candidate: Candidate) -> Room:
        """Whether the candidate's prompt fits."""
        if self._longest(candidate) * LONGEST_CHARACTER <= self.context:
            return Room.ENOUGH
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

    def _longest(self, candidate: Candidate) -> int:
        """The most characters that the prompt can have: most need no closer look."""
        shown = sum(len(candidate.columns.get(column, "")) for column in self.slots)
        return self.empty + shown * LONGEST_SIGN

    def _texts(self, candidate: Candidate) -> tuple[str, ...]:
        return self.frame.prompt(candidate.columns).texts


def windows_of(setup: Setup) -> dict[str, Window]:
    """The context windows of the models on the ladder, by annotator, where they are known.

    Of several wordings, that with the longest prompts counts.
    """
    found: dict[str, Window] = {}
    for name, rate in setup.rates.items():
        spec = asked_as(setup.policy, name)
        if not isinstance(spec, ModelSpec) or not isinstance(rate, TokenRate):
            continue
        context = spec.context if isinstance(spec, LocalSpec) else rate.price.context
        if context is not None:
            tasks = (variant(setup.task, call.draw.variant).task for call in setup.calls[name])
            windows = (Window.of(context, task, spec, rate.price.encoding) for task in tasks)
            found[name] = max(windows, key=lambda window: window.empty)
    return found
