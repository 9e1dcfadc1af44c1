"""A language model's reply as an answer: label, confidence, usage."""

from __future__ import annotations

from types import MappingProxyType

from stepladder.annotators.base import Allowance, Answer
from stepladder.annotators.model_reply import ModelReply
from stepladder.policy import ModelSpec
from stepladder.task import Style, Task
from stepladder.task.answer import AnswerReader
from stepladder.task.likelihood import LikelihoodReader
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
        """`spec` says in which form it answers, and whether its probabilities are wanted."""
        self._spec = spec
        self._answers = AnswerReader.of(task, spec.answer)
        self._likelihoods = LikelihoodReader.of(task, spec.answer)

    def answer(self, reply: ModelReply, usage: Usage, allowance: Allowance | None = None) -> Answer:
        """The reply, read; `usage` is what the attempt counts as having used."""
        outcome = self._outcome(reply)
        return Answer(
            outcome=outcome,
            confidence=self._confidence(outcome, reply),
            usage=usage,
            model=reply.model[:SHOWN] or self._spec.model,
            text=(reply.text or reply.refusal)[:SHOWN],
            allowance=allowance,
        )

    def _outcome(self, reply: ModelReply) -> Outcome:
        if reply.refusal or reply.finish == "content_filter":
            return Unlabelled(Reason.REFUSED, reply.refusal[:SHOWN] or "content filter")
        text, cut_off = reply.text, reply.finish == "length"
        if self._spec.prompt is Style.COMPLETION:
            # What follows the first line is the next example, made up.
            text, line_end, _ = text.partition("\n")
            cut_off = cut_off and not line_end
        return self._answers.read(text, cut_off=cut_off)

    def _confidence(self, outcome: Outcome, reply: ModelReply) -> Confidence:
        wanted = self._spec.confidence is Source.TOKEN_PROBABILITIES
        if not wanted or not reply.first_token or not isinstance(outcome, Labelled):
            return NO_CONFIDENCE
        by_label = self._likelihoods.read(reply.first_token)
        if not by_label:
            return NO_CONFIDENCE
        return Confidence(Source.TOKEN_PROBABILITIES, MappingProxyType(dict(by_label)))
