"""Prompts as they are sent, for people to read."""

from __future__ import annotations

from dataclasses import dataclass

from stepladder.engine.call import Call
from stepladder.engine.setup import Setup
from stepladder.policy import ModelSpec, asked_as
from stepladder.task import ChatPrompt, CompletionPrompt, Task, render_prompt
from stepladder.task.template import fill
from stepladder.task.variants import variant
from stepladder.types import Candidate


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a prompt."""

    role: str
    text: str


def prompt_parts(setup: Setup, call: Call, candidate: Candidate) -> tuple[Part, ...]:
    """Everything that is shown at that call; who is no language model sees the text alone."""
    spec = asked_as(setup.policy, call.annotator)
    if not isinstance(spec, ModelSpec):
        return (Part("text", last_part(setup.task, candidate)),)
    worded = variant(setup.task, call.draw.variant).task
    prompt = render_prompt(worded, candidate.columns, spec.prompt, spec.wanted)
    match prompt:
        case ChatPrompt(messages):
            return tuple(Part(message.role, message.content) for message in messages)
        case CompletionPrompt(text):
            return (Part("completion", text),)


def last_part(task: Task, candidate: Candidate) -> str:
    """What differs from candidate to candidate."""
    return fill(task.text, candidate.columns)
