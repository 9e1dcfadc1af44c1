"""A task as prompts: the part that is the same for every candidate, made once.

The stable part comes first, so that a provider's or a local server's prefix cache hits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stepladder.task.prompt import (
    AnswerForm,
    ChatPrompt,
    CompletionPrompt,
    Message,
    Prompt,
    Style,
    answers,
)
from stepladder.task.prompt_briefing import briefing
from stepladder.task.prompt_text import CandidateText
from stepladder.task.schema import Task


@dataclass(frozen=True, slots=True)
class ChatFrame:
    """The messages before the candidate's, and how the candidate is shown."""

    stable: tuple[Message, ...]
    """The same for every candidate: the briefing, then the examples."""
    text: CandidateText

    @property
    def stable_texts(self) -> tuple[str, ...]:
        """The texts of a prompt that are the same for every candidate: all but the last."""
        return tuple(m.content for m in self.stable)

    def prompt(self, columns: Mapping[str, str]) -> ChatPrompt:
        """The prompt for one candidate's columns."""
        return ChatPrompt((*self.stable, Message("user", self.text.shown(columns))))


@dataclass(frozen=True, slots=True)
class CompletionFrame:
    """The text before and after the candidate's, and how the candidate is shown."""

    opening: str
    """The same for every candidate: the briefing, then the examples."""
    text: CandidateText
    closing: str
    """The answer cue."""

    @property
    def stable_texts(self) -> tuple[str, ...]:
        """None: the opening is part of the one text, and its tokens may run into the rest."""
        return ()

    def prompt(self, columns: Mapping[str, str]) -> CompletionPrompt:
        """The prompt for one candidate's columns."""
        return CompletionPrompt(f"{self.opening}{self.text.shown(columns)}{self.closing}")


Frame = ChatFrame | CompletionFrame


def prompt_frame(task: Task, style: Style, form: AnswerForm) -> Frame:
    """What all of a task's prompts of one style share; make it once, not for each candidate."""
    text = CandidateText.of(task)
    match style:
        case Style.CHAT:
            return ChatFrame(_stable_messages(task, form, text), text)
        case Style.COMPLETION:
            return CompletionFrame(_opening(task, form, text), text, f"\n{task.answer_cue}")


def render(task: Task, columns: Mapping[str, str], style: Style, form: AnswerForm) -> Prompt:
    """The prompt for one candidate's columns; for many, keep the `prompt_frame`."""
    return prompt_frame(task, style, form).prompt(columns)


def _stable_messages(task: Task, form: AnswerForm, text: CandidateText) -> tuple[Message, ...]:
    written = answers(task, form)
    turns = [Message("system", briefing(task, form))]
    for example in task.examples:
        turns.append(Message("user", text.shown(example.columns)))
        turns.append(Message("assistant", written[example.label]))
    return tuple(turns)


def _opening(task: Task, form: AnswerForm, text: CandidateText) -> str:
    written = answers(task, form)
    shown = [
        f"{text.shown(e.columns)}\n{task.answer_cue} {written[e.label]}\n\n" for e in task.examples
    ]
    return f"{briefing(task, form)}\n\n{''.join(shown)}"
