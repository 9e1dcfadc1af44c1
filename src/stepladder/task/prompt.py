"""What is sent to a language model: chat messages, or one text to complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice, product
from itertools import count as naturals
from string import ascii_uppercase

from stepladder.task.schema import Task


class Style(StrEnum):
    """How the model is prompted."""

    CHAT = "chat"
    """Messages with roles, for instruction-tuned models."""
    COMPLETION = "completion"
    """One text to go on with, for base models."""


class AnswerForm(StrEnum):
    """What the model is asked to write."""

    LABEL = "label"
    """The label itself."""
    LETTER = "letter"
    """The letter of an option."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class ChatPrompt:
    """Messages, the candidate's text in the last."""

    messages: tuple[Message, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Every piece of text that is sent."""
        return tuple(m.content for m in self.messages)

    @property
    def last_text(self) -> str:
        """The only piece of text that differs by candidate."""
        return self.messages[-1].content


@dataclass(frozen=True, slots=True)
class CompletionPrompt:
    """One text, ending where the answer should follow."""

    text: str

    @property
    def texts(self) -> tuple[str, ...]:
        """Every piece of text that is sent."""
        return (self.text,)

    @property
    def last_text(self) -> str:
        """The only piece of text there is."""
        return self.text


Prompt = ChatPrompt | CompletionPrompt


def answers(task: Task, form: AnswerForm) -> Mapping[str, str]:
    """What an annotator should write for each label."""
    if form is AnswerForm.LABEL:
        return {name: name for name in task.labels}
    return dict(zip(task.labels, option_letters(len(task.labels)), strict=True))


def option_letters(count: int) -> tuple[str, ...]:
    """A, B, C …, then AA, AB … when there are more labels than letters."""
    lengths = (product(ascii_uppercase, repeat=length) for length in naturals(1))
    return tuple("".join(letters) for letters in islice(chain.from_iterable(lengths), count))
