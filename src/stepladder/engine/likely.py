"""How many tokens an attempt will probably use: for estimates, never for quotes."""

from __future__ import annotations

from functools import cached_property

from stepladder.annotators.thinking import thinks
from stepladder.engine.rates import Rate, TokenRate
from stepladder.policy import AnnotatorSpec, ModelSpec
from stepladder.pricing import likely_tokens
from stepladder.task import AnswerForm, Style, Task, render_prompt
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

    def of(self, candidate: Candidate, bound: Usage) -> Usage:
        """Tokens of one attempt; the bound, where the annotator is no language model."""
        if self._spec is None:
            return bound
        spec = self._spec
        prompt = render_prompt(self._task, candidate.columns, spec.prompt, spec.answer)
        read = self._stable + likely_tokens(prompt.texts[-1:], self._encoding)
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
        if self._spec is None:
            return 0
        texts = render_prompt(self._task, {}, self._spec.prompt, self._spec.answer).texts
        chat = self._spec.prompt is Style.CHAT
        overhead = TOKENS_PER_MESSAGE * len(texts) if chat else 0
        return likely_tokens(texts[:-1], self._encoding) + overhead

    @cached_property
    def _written(self) -> int:
        if self._spec is not None and self._spec.answer is AnswerForm.LETTER:
            return 1
        return max(likely_tokens((name,), self._encoding) for name in self._task.labels)
