"""What all language models share: from a candidate to a prompt, with its key and its bound."""

from __future__ import annotations

from functools import cached_property

from stepladder.annotators.base import Allowance, Answer
from stepladder.annotators.model_reply import ModelReply
from stepladder.annotators.prompt_size import fewest_tokens
from stepladder.annotators.thinking import THINKING_CAP, thinks
from stepladder.annotators.wording import Wording
from stepladder.errors import PromptTooLongError
from stepladder.policy import ModelSpec
from stepladder.pricing.tokens import most_tokens
from stepladder.task import AnswerForm, Frame, Prompt, Task
from stepladder.task.prompt import option_letters
from stepladder.task.variants import variant
from stepladder.types import BASE, FIRST, Candidate, Draw, Usage

LONGEST_BYTES_PER_CHARACTER = 4
"""UTF-8's."""


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
        cap = "" if spec.max_output_tokens is None else str(spec.max_output_tokens)
        temperature = format(spec.temperature.normalize(), "f")
        settings = (temperature, cap, spec.confidence, spec.answer, spec.prompt)
        self._asked = (*identity, *settings)
        self._wordings = {BASE: Wording(spec, task, self._asked, encoding)}
        """By variant; the others are made when first asked for."""

    def frame(self, variant: str = BASE) -> Frame:
        """What all prompts in this wording share."""
        return self._wording(variant).frame

    def prompt(self, candidate: Candidate, draw: Draw = FIRST) -> Prompt:
        """What is sent about the candidate; raises KeyError for a variant that the task lacks."""
        return self._wording(draw.variant).prompt(candidate)

    def key(self, candidate: Candidate, draw: Draw = FIRST) -> str:
        """Digest of who answers, the parameters, the rendered prompt and the sample number."""
        return self._wording(draw.variant).key(candidate, draw.sample)

    def bound(self, candidate: Candidate, draw: Draw = FIRST) -> Usage:
        """The most tokens of one attempt; all input counts as uncached, all output as answer."""
        read = self._wording(draw.variant).most_tokens(candidate)
        return Usage(input=read, output=self.output_cap)

    def _wording(self, name: str) -> Wording:
        found = self._wordings.get(name)
        if found is None:
            worded = variant(self._task, name).task
            found = Wording(self.spec, worded, self._asked, self._encoding)
            self._wordings[name] = found
        return found

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

    def check_fits(self, prompt: Prompt, draw: Draw = FIRST) -> None:
        """Raise PromptTooLongError, before anything is paid, if the prompt cannot fit.

        A prompt that may fit passes: the provider refuses it for nothing if it does not.
        """
        if self._context is None:
            return
        characters = self._wording(draw.variant).characters(prompt)
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
        self,
        candidate: Candidate,
        reply: ModelReply,
        allowance: Allowance | None = None,
        draw: Draw = FIRST,
    ) -> Answer:
        """The reply, read; usage that cannot be true counts as the bound."""
        used = reply.usage or self.bound(candidate, draw)
        return self._wording(draw.variant).replies.answer(reply, used, allowance)
