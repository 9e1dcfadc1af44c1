"""What all language models share: from a candidate to a prompt, from a reply to an answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

from stepladder.annotators.base import Answer
from stepladder.annotators.model_reply import ModelReply
from stepladder.annotators.prompt_size import fewest_tokens
from stepladder.annotators.thinking import THINKING_CAP, thinks
from stepladder.digest import digest
from stepladder.errors import PromptTooLongError
from stepladder.policy import ModelSpec
from stepladder.pricing.tokens import message_overhead, most_tokens
from stepladder.task import (
    AnswerForm,
    ChatPrompt,
    CompletionPrompt,
    Prompt,
    Style,
    Task,
    read_answer,
    render_prompt,
)
from stepladder.task.likelihood import label_probabilities
from stepladder.task.prompt import option_letters
from stepladder.types import (
    NO_CONFIDENCE,
    Candidate,
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

LONGEST_BYTES_PER_CHARACTER = 4
"""UTF-8's."""

REMEMBERED = 256
"""Prompts kept: a candidate's is needed for its key, its bound and its request."""


class LanguageModel:
    """The half of a language-model annotator that does no waiting."""

    def __init__(
        self,
        spec: ModelSpec,
        task: Task,
        name: str,
        *,
        identity: tuple[str, ...],
        encoding: str | None,
        context: int | None,
    ) -> None:
        """`identity` is who answers, beyond what the spec says of the asking: kind, model,
        address; `encoding` is the tiktoken encoding that counts its tokens exactly, and
        `context` the most tokens of prompt and answer together, where these are known.
        """
        self.spec = spec
        self.name = name
        self._task = task
        self._encoding = encoding
        self._context = context
        self._rendered: dict[int, tuple[Candidate, Prompt]] = {}
        cap = "" if spec.max_output_tokens is None else str(spec.max_output_tokens)
        self._asked = (
            *identity,
            format(spec.temperature.normalize(), "f"),
            cap,
            spec.confidence,
            spec.answer,
            spec.prompt,
        )

    def prompt(self, candidate: Candidate) -> Prompt:
        """What is sent about the candidate."""
        # Candidates cannot be hashed; one that is kept here keeps its identity to itself.
        rendered = self._rendered.get(id(candidate))
        if rendered is not None:
            return rendered[1]
        columns = _encodable(candidate.columns)
        prompt = render_prompt(self._task, columns, self.spec.prompt, self.spec.answer)
        if len(self._rendered) >= REMEMBERED:
            del self._rendered[next(iter(self._rendered))]
        self._rendered[id(candidate)] = (candidate, prompt)
        return prompt

    def key(self, candidate: Candidate, sample: int = 0) -> str:
        """Digest of who answers, the parameters, the rendered prompt and the sample number."""
        return digest(*self._asked, *_written(self.prompt(candidate)), str(sample))

    def bound(self, candidate: Candidate) -> Usage:
        """The most tokens of one attempt; all input counts as uncached, all output as answer."""
        prompt = self.prompt(candidate)
        read = self._stable_tokens + most_tokens(prompt.texts[-1:], self._encoding)
        return Usage(input=read, output=self.output_cap)

    @cached_property
    def _stable_tokens(self) -> int:
        """The most tokens of all texts but the last, the only one that differs by candidate."""
        texts = render_prompt(self._task, {}, self.spec.prompt, self.spec.answer).texts
        return most_tokens(texts[:-1], self._encoding) + message_overhead(len(texts))

    @cached_property
    def output_cap(self) -> int:
        """The most tokens it may write, hidden reasoning included."""
        if self.spec.max_output_tokens is not None:
            return self.spec.max_output_tokens
        if thinks(self.spec.model):
            return THINKING_CAP
        return self._longest_answer

    @property
    def _longest_answer(self) -> int:
        """Tokens of the longest right answer, with room for a blank token and a full stop."""
        if self.spec.answer is AnswerForm.LETTER:
            return len(option_letters(len(self._task.labels))[-1]) + 1
        written = (w for n, label in self._task.labels.items() for w in (n, *label.aliases))
        return max(most_tokens((text,), self._encoding) for text in written) + 2

    def check_fits(self, prompt: Prompt) -> None:
        """Raise PromptTooLongError, before anything is paid, if the prompt cannot fit.

        A prompt that may fit passes: the provider refuses it for nothing if it does not.
        """
        characters = sum(map(len, prompt.texts))
        if self._context is None or characters * LONGEST_BYTES_PER_CHARACTER <= self._context:
            return
        tokens = fewest_tokens(prompt.texts, self._encoding)
        if tokens > self._context:
            raise PromptTooLongError(
                f"{self.name}: a prompt of {characters:,} characters, at least {tokens:,} "
                f"tokens, is longer than the context window of {self._context:,} tokens",
                free=True,
            )

    def answer(self, candidate: Candidate, reply: ModelReply) -> Answer:
        """The reply, read; usage that cannot be true counts as the bound."""
        outcome = self._outcome(reply)
        return Answer(
            outcome=outcome,
            confidence=self._confidence(outcome, reply),
            usage=reply.usage or self.bound(candidate),
            model=reply.model[:SHOWN] or self.spec.model,
            text=(reply.text or reply.refusal)[:SHOWN],
        )

    def _outcome(self, reply: ModelReply) -> Outcome:
        if reply.refusal or reply.finish == "content_filter":
            return Unlabelled(Reason.REFUSED, reply.refusal[:SHOWN] or "content filter")
        text, cut_off = reply.text, reply.finish == "length"
        if self.spec.prompt is Style.COMPLETION:
            # What follows the first line is the next example, made up.
            text, line_end, _ = text.partition("\n")
            cut_off = cut_off and not line_end
        return read_answer(self._task, text, self.spec.answer, cut_off=cut_off)

    def _confidence(self, outcome: Outcome, reply: ModelReply) -> Confidence:
        wanted = self.spec.confidence is Source.TOKEN_PROBABILITIES
        if not wanted or not reply.first_token or not isinstance(outcome, Labelled):
            return NO_CONFIDENCE
        by_label = label_probabilities(self._task, self.spec.answer, reply.first_token)
        if not by_label:
            return NO_CONFIDENCE
        return Confidence(Source.TOKEN_PROBABILITIES, MappingProxyType(dict(by_label)))


def _written(prompt: Prompt) -> tuple[str, ...]:
    match prompt:
        case ChatPrompt(messages):
            return tuple(part for m in messages for part in (m.role, m.content))
        case CompletionPrompt(text):
            return (text,)


def _encodable(columns: Mapping[str, str]) -> Mapping[str, str]:
    """The columns without lone surrogates, which JSON can carry but UTF-8 cannot."""
    try:
        "".join(columns.values()).encode()
    except UnicodeEncodeError:
        return {k: v.encode("utf-8", "replace").decode() for k, v in columns.items()}
    return columns
