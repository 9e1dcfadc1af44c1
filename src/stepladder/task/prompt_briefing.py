"""What a model is told before it sees a candidate: the instructions and the labels."""

from __future__ import annotations

from stepladder.task.prompt import AnswerForm, answers
from stepladder.task.prompt_text import WHAT_DELIMITERS_MEAN
from stepladder.task.schema import Task
from stepladder.task.wanted import Wanted


def briefing(task: Task, wanted: Wanted) -> str:
    """The instructions, the labels with their meanings, and the form of the answer."""
    options = [
        f"{written}{_meaning(name, task, wanted.form)}"
        for name, written in answers(task, wanted.form).items()
    ]
    warned = [WHAT_DELIMITERS_MEAN] if task.delimiters else []
    return "\n".join([task.instructions.strip(), *options, *warned, wanted.request])


def _meaning(name: str, task: Task, form: AnswerForm) -> str:
    description = task.labels[name].description.strip()
    named = f") {name}" if form is AnswerForm.LETTER else ""
    return f"{named}: {description}" if description else named
