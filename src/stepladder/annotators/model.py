"""What all language models share: from a candidate to a prompt, with its key and its bound."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from stepladder.annotators.base import Allowance, Answer
from stepladder.annotators.model_answer import ReplyReader
from stepladder.annotators.model_reply import ModelReply
from stepladder.annotators.prompt_size import fewest_tokens
from stepladder.annotators.thinking import THINKING_CAP, thinks
from stepladder.digest import DigestOf
from stepladder.errors import PromptTooLongError
from stepladder.policy import ModelSpec
from stepladder.pricing.tokens import message_overhead, most_tokens
from stepladder.task import (
    AnswerForm,
    Prompt,
    Task,
    prompt_frame,
)
from stepladder.task.prompt import option_letters
from stepladder.types import Candidate, Usage

LONGEST_BYTES_PER_CHARACTER = 4
"""UTF-8's."""

REMEMBERED = 4096
"""Candidates whose prompt is kept: it is needed for key, bound and request, a while apart."""


@dataclass(slots=True)
class _Rendered:
    """What is known of one candidate, so that it is worked out once."""

    # Candidates cannot be hashed; one that is kept here keeps its identity to itself.
    candidate: Candidate
    prompt: Prompt
    bound: Usage | None = None
    key: str | None = None
    """For sample 0."""


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
        self.frame = prompt_frame(task, spec.prompt, spec.wanted)
        """What all prompts share."""
        self._replies = ReplyReader(spec, task)
        self._rendered: OrderedDict[int, _Rendered] = OrderedDict()
        cap = "" if spec.max_output_tokens is None else str(spec.max_output_tokens)
        temperature = format(spec.temperature.normalize(), "f")
        settings = (temperature, cap, spec.confidence, spec.answer, spec.prompt)
        self._asked = DigestOf(*identity, *settings, *self.frame.stable_texts)

    def prompt(self, candidate: Candidate) -> Prompt:
        """What is sent about the candidate."""
        return self._of(candidate).prompt

    def key(self, candidate: Candidate, sample: int = 0) -> str:
        """Digest of who answers, the parameters, the rendered prompt and the sample number."""
        rendered = self._of(candidate)
        if sample:
            return self._asked.followed_by(rendered.prompt.last_text, sample)
        if rendered.key is None:
            rendered.key = self._asked.followed_by(rendered.prompt.last_text, sample)
        return rendered.key

    def bound(self, candidate: Candidate) -> Usage:
        """The most tokens of one attempt; all input counts as uncached, all output as answer."""
        rendered = self._of(candidate)
        if rendered.bound is None:
            text = rendered.prompt.last_text
            read = self._stable_tokens + most_tokens((text,), self._encoding)
            rendered.bound = Usage(input=read, output=self.output_cap)
        return rendered.bound

    def _of(self, candidate: Candidate) -> _Rendered:
        rendered = self._rendered.get(id(candidate))
        if rendered is not None:
            return rendered
        made = _Rendered(candidate, self.frame.prompt(_encodable(candidate.columns)))
        if len(self._rendered) >= REMEMBERED:
            self._rendered.popitem(last=False)
        self._rendered[id(candidate)] = made
        return made

    @cached_property
    def _stable_tokens(self) -> int:
        """The most tokens of all texts but the last, the only one that differs by candidate."""
        texts = self.frame.stable_texts
        return most_tokens(texts, self._encoding) + message_overhead(len(texts) + 1)

    @cached_property
    def _stable_characters(self) -> int:
        return sum(map(len, self.frame.stable_texts))

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
        wanted = self.spec.wanted
        if wanted.form is AnswerForm.LETTER:
            return len(wanted.longest(option_letters(len(self._task.labels))[-1])) + 1
        written = (w for n, label in self._task.labels.items() for w in (n, *label.aliases))
        return max(most_tokens((wanted.longest(text),), self._encoding) for text in written) + 2

    def check_fits(self, prompt: Prompt) -> None:
        """Raise PromptTooLongError, before anything is paid, if the prompt cannot fit.

        A prompt that may fit passes: the provider refuses it for nothing if it does not.
        """
        if self._context is None:
            return
        characters = self._stable_characters + len(prompt.last_text)
        if characters * LONGEST_BYTES_PER_CHARACTER <= self._context:
            return
        tokens = fewest_tokens(prompt.texts, self._encoding)
        if tokens > self._context:
            raise PromptTooLongError(
                f"{self.name}: a prompt of {characters:,} characters, at least {tokens:,} "
                f"tokens, is longer than the context window of {self._context:,} tokens",
                free=True,
                heard=False,
            )

    def answer(
        self, candidate: Candidate, reply: ModelReply, allowance: Allowance | None = None
    ) -> Answer:
        """The reply, read; usage that cannot be true counts as the bound."""
        return self._replies.answer(reply, reply.usage or self.bound(candidate), allowance)


def _encodable(columns: Mapping[str, str]) -> Mapping[str, str]:
    """The columns without lone surrogates, which JSON can carry but UTF-8 cannot."""
    try:
        "".join(columns.values()).encode()
    except UnicodeEncodeError:
        return {k: v.encode("utf-8", "replace").decode() for k, v in columns.items()}
    return columns
