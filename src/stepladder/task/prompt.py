"""A task and a candidate as a prompt: chat messages, or one text to complete.

The stable part comes first and is the same for every candidate, so that a
provider's or a local server's prefix cache hits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice, product
from itertools import count as naturals
from string import ascii_uppercase

from stepladder.task.schema import Task
from stepladder.task.template import fill


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


@dataclass(frozen=True, slots=True)
class CompletionPrompt:
    """One text, ending where the answer should follow."""

    text: str

    @property
    def texts(self) -> tuple[str, ...]:
        """Every piece of text that is sent."""
        return (self.text,)


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


def render(task: Task, columns: Mapping[str, str], style: Style, form: AnswerForm) -> Prompt:
    """The prompt for one candidate's columns."""
    if style is Style.COMPLETION:
        return CompletionPrompt(_completion(task, columns, form))
    return ChatPrompt(_messages(task, columns, form))


def _messages(task: Task, columns: Mapping[str, str], form: AnswerForm) -> tuple[Message, ...]:
    written = answers(task, form)
    turns = [Message("system", _briefing(task, form))]
    for example in task.examples:
        turns.append(Message("user", fill(task.text, example.columns)))
        turns.append(Message("assistant", written[example.label]))
    return (*turns, Message("user", fill(task.text, columns)))


def _completion(task: Task, columns: Mapping[str, str], form: AnswerForm) -> str:
    written = answers(task, form)
    shown = [
        f"{fill(task.text, e.columns)}\n{task.answer_cue} {written[e.label]}\n\n"
        for e in task.examples
    ]
    return (
        f"{_briefing(task, form)}\n\n{''.join(shown)}{fill(task.text, columns)}\n{task.answer_cue}"
    )


def _briefing(task: Task, form: AnswerForm) -> str:
    lines = [
        f"{written}{_meaning(name, task, form)}" for name, written in answers(task, form).items()
    ]
    ask = "one letter" if form is AnswerForm.LETTER else "one label"
    return f"{task.instructions.strip()}\n" + "\n".join(lines) + f"\nAnswer with {ask} only."


def _meaning(name: str, task: Task, form: AnswerForm) -> str:
    description = task.labels[name].description.strip()
    named = f") {name}" if form is AnswerForm.LETTER else ""
    return f"{named}: {description}" if description else named
