"""Prompts as they are sent, for people to read."""

from __future__ import annotations

from dataclasses import dataclass

from stepladder.engine.setup import Setup
from stepladder.policy import ModelSpec
from stepladder.task import ChatPrompt, CompletionPrompt, Task, render_prompt
from stepladder.task.template import fill
from stepladder.types import Candidate


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a prompt."""

    role: str
    text: str


def prompt_parts(setup: Setup, annotator: str, candidate: Candidate) -> tuple[Part, ...]:
    """Everything that the annotator is shown; who is no language model sees the text alone."""
    spec = setup.policy.annotators[annotator]
    if not isinstance(spec, ModelSpec):
        return (Part("text", last_part(setup.task, candidate)),)
    prompt = render_prompt(setup.task, candidate.columns, spec.prompt, spec.wanted)
    match prompt:
        case ChatPrompt(messages):
            return tuple(Part(message.role, message.content) for message in messages)
        case CompletionPrompt(text):
            return (Part("completion", text),)


def last_part(task: Task, candidate: Candidate) -> str:
    """What differs from candidate to candidate."""
    return fill(task.text, candidate.columns)
