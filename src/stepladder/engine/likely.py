"""How many tokens an attempt will probably use: for estimates, never for quotes."""

from __future__ import annotations

from functools import cached_property

from stepladder.annotators.thinking import thinks
from stepladder.engine.rates import Rate, TokenRate
from stepladder.policy import AnnotatorSpec, ModelSpec
from stepladder.pricing import likely_tokens
from stepladder.task import AnswerForm, ChatFrame, Frame, Task, prompt_frame
from stepladder.types import Candidate, Usage

TOKENS_PER_MESSAGE = 4
"""What a chat template usually adds to a message."""
END_OF_ANSWER = 1
"""Tokens that end an answer."""


class LikelyUsage:
    """One annotator's likely usage, candidate by candidate."""

    def __init__(self, spec: AnnotatorSpec, rate: Rate, task: Task) -> None:
        self._spec = spec if isinstance(spec, ModelSpec) else None
        self._encoding = rate.price.encoding if isinstance(rate, TokenRate) else None
        self._task = task
        self._frame = _frame(task, self._spec)

    def of(self, candidate: Candidate, bound: Usage) -> Usage:
        """Tokens of one attempt; the bound, where the annotator is no language model."""
        if self._frame is None:
            return bound
        prompt = self._frame.prompt(candidate.columns)
        read = self._stable + likely_tokens((prompt.last_text,), self._encoding)
        return Usage(input=min(read, bound.input), output=min(self._answer(bound), bound.output))

    def _answer(self, bound: Usage) -> int:
        spec = self._spec
        if spec is None or thinks(spec.model):
            # How long a model thinks is anybody's guess.
            return bound.output
        return self._written + END_OF_ANSWER

    @cached_property
    def _stable(self) -> int:
        """Tokens of all texts but the last, the only one that differs by candidate."""
        texts = () if self._frame is None else self._frame.stable_texts
        chat = isinstance(self._frame, ChatFrame)
        overhead = TOKENS_PER_MESSAGE * (len(texts) + 1) if chat else 0
        return likely_tokens(texts, self._encoding) + overhead

    @cached_property
    def _written(self) -> int:
        if self._spec is None:
            return 0
        wanted = self._spec.wanted
        if wanted.form is AnswerForm.LETTER:
            return 1 + likely_tokens((wanted.demonstrated(""),), self._encoding)
        labels = map(wanted.demonstrated, self._task.labels)
        return max(likely_tokens((written,), self._encoding) for written in labels)


def _frame(task: Task, spec: ModelSpec | None) -> Frame | None:
    return None if spec is None else prompt_frame(task, spec.prompt, spec.wanted)
