"""A task as prompts: the part that is the same for every candidate, made once.

The stable part comes first, so that a provider's or a local server's prefix cache hits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stepladder.task.prompt import (
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
from stepladder.task.wanted import Wanted


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


def prompt_frame(task: Task, style: Style, wanted: Wanted) -> Frame:
    """What all of a task's prompts of one style share; make it once, not for each candidate."""
    text = CandidateText.of(task)
    match style:
        case Style.CHAT:
            return ChatFrame(_stable_messages(task, wanted, text), text)
        case Style.COMPLETION:
            return CompletionFrame(_opening(task, wanted, text), text, f"\n{task.answer_cue}")


def render(task: Task, columns: Mapping[str, str], style: Style, wanted: Wanted) -> Prompt:
    """The prompt for one candidate's columns; for many, keep the `prompt_frame`."""
    return prompt_frame(task, style, wanted).prompt(columns)


def _stable_messages(task: Task, wanted: Wanted, text: CandidateText) -> tuple[Message, ...]:
    written = answers(task, wanted.form)
    turns = [Message("system", briefing(task, wanted))]
    for example in task.examples:
        turns.append(Message("user", text.shown(example.columns)))
        turns.append(Message("assistant", wanted.demonstrated(written[example.label])))
    return tuple(turns)


def _opening(task: Task, wanted: Wanted, text: CandidateText) -> str:
    written = answers(task, wanted.form)
    shown = [
        f"{text.shown(e.columns)}\n{task.answer_cue} {wanted.demonstrated(written[e.label])}\n\n"
        for e in task.examples
    ]
    return f"{briefing(task, wanted)}\n\n{''.join(shown)}"
