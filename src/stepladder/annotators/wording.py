"""One wording of a task, as one language model is asked: prompts, their size and keys, replies."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from stepladder.annotators.model_answer import ReplyReader
from stepladder.digest import DigestOf
from stepladder.policy import ModelSpec
from stepladder.pricing.tokens import message_overhead, most_tokens
from stepladder.task import Prompt, Task, prompt_frame
from stepladder.types import Candidate

REMEMBERED = 4096
"""Candidates whose prompt is kept: it is needed for key, bound and request, a while apart."""


@dataclass(slots=True)
class _Rendered:
    """What is known of one candidate, so that it is worked out once."""

    # Candidates cannot be hashed; one that is kept here keeps its identity to itself.
    candidate: Candidate
    prompt: Prompt
    tokens: int | None = None
    key: str | None = None
    """For sample 0."""


class Wording:
    """How a model is asked in one wording; letters and labels in its answers are that wording's."""

    def __init__(
        self, spec: ModelSpec, task: Task, asked: tuple[str, ...], encoding: str | None
    ) -> None:
        """`task` is in that wording already; `asked` is who answers and with which parameters."""
        self.frame = prompt_frame(task, spec.prompt, spec.wanted)
        """What all its prompts share."""
        self.replies = ReplyReader(spec, task)
        """Reads what the model replies to it."""
        self._encoding = encoding
        self._asked = DigestOf(*asked, *self.frame.stable_texts)
        self._rendered: OrderedDict[int, _Rendered] = OrderedDict()

    def prompt(self, candidate: Candidate) -> Prompt:
        """What is sent about the candidate."""
        return self._of(candidate).prompt

    def key(self, candidate: Candidate, sample: int) -> str:
        """Digest of who answers, the parameters, the rendered prompt and the sample number."""
        rendered = self._of(candidate)
        if sample:
            return self._asked.followed_by(rendered.prompt.last_text, sample)
        if rendered.key is None:
            rendered.key = self._asked.followed_by(rendered.prompt.last_text, sample)
        return rendered.key

    def most_tokens(self, candidate: Candidate) -> int:
        """The most tokens that the prompt about the candidate can have."""
        rendered = self._of(candidate)
        if rendered.tokens is None:
            text = rendered.prompt.last_text
            rendered.tokens = self._stable_tokens + most_tokens((text,), self._encoding)
        return rendered.tokens

    def characters(self, prompt: Prompt) -> int:
        """The length of one of its prompts."""
        return self._stable_characters + len(prompt.last_text)

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


def _encodable(columns: Mapping[str, str]) -> Mapping[str, str]:
    """The columns without lone surrogates, which JSON can carry but UTF-8 cannot."""
    try:
        "".join(columns.values()).encode()
    except UnicodeEncodeError:
        return {k: v.encode("utf-8", "replace").decode() for k, v in columns.items()}
    return columns
