"""A language model's reply as an answer: label, confidence, usage."""

from __future__ import annotations

from types import MappingProxyType

from stepladder.annotators.base import Allowance, Answer
from stepladder.annotators.model_reply import ModelReply
from stepladder.policy import ModelSpec
from stepladder.task import Style, Task
from stepladder.task.answer import AnswerReader
from stepladder.task.likelihood import LikelihoodReader
from stepladder.task.stated import StatedAnswer, StatedReader
from stepladder.types import (
    NO_CONFIDENCE,
    Confidence,
    Labelled,
    Outcome,
    Reason,
    Source,
    Unlabelled,
    Usage,
)

SHOWN = 200
"""Characters of an answer that are kept."""


class ReplyReader:
    """Reads the replies of one model to one task."""

    def __init__(self, spec: ModelSpec, task: Task) -> None:
        """`spec` says in which form it answers, and where its confidence is to be read."""
        self._spec = spec
        self._wanted = spec.wanted
        self._answers = AnswerReader.of(task, spec.answer)
        self._stated = StatedReader(self._answers)
        self._likelihoods = LikelihoodReader.of(task, spec.answer)

    def answer(self, reply: ModelReply, usage: Usage, allowance: Allowance | None = None) -> Answer:
        """The reply, read; `usage` is what the attempt counts as having used."""
        said = self._said(reply)
        return Answer(
            outcome=said.outcome,
            confidence=said.confidence,
            usage=usage,
            model=reply.model[:SHOWN] or self._spec.model,
            text=(reply.text or reply.refusal)[:SHOWN],
            allowance=allowance,
        )

    def _said(self, reply: ModelReply) -> StatedAnswer:
        if reply.refusal or reply.finish == "content_filter":
            refused = Unlabelled(Reason.REFUSED, reply.refusal[:SHOWN] or "content filter")
            return StatedAnswer(refused)
        text, cut_off = reply.text, reply.finish == "length"
        if self._spec.prompt is Style.COMPLETION:
            # What follows the first line is the next example, made up.
            text, line_end, _ = text.partition("\n")
            cut_off = cut_off and not line_end
        if self._wanted.stated:
            return self._stated.read(text, cut_off=cut_off)
        outcome = self._answers.read(text, cut_off=cut_off)
        return StatedAnswer(outcome, self._likelihood(outcome, reply))

    def _likelihood(self, outcome: Outcome, reply: ModelReply) -> Confidence:
        wanted = self._spec.confidence is Source.TOKEN_PROBABILITIES
        if not wanted or not reply.first_token or not isinstance(outcome, Labelled):
            return NO_CONFIDENCE
        by_label = self._likelihoods.read(reply.first_token, outcome.label)
        if not by_label:
            return NO_CONFIDENCE
        return Confidence(Source.TOKEN_PROBABILITIES, MappingProxyType(dict(by_label)))
