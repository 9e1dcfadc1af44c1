"""Reading an answer strictly: a label, an alias or an option letter, and nothing else."""

from __future__ import annotations

from stepladder.task.normal import normal
from stepladder.task.prompt import AnswerForm, answers
from stepladder.task.schema import Task
from stepladder.types import Labelled, Outcome, Reason, Unlabelled

SHOWN = 200
"""Characters of an unreadable answer that are kept."""


def read_answer(
    task: Task, text: str, form: AnswerForm = AnswerForm.LABEL, *, cut_off: bool = False
) -> Outcome:
    """The label that the text names, or why it names none.

    `cut_off` says that the answer ended at its token limit: if it is no label
    then, it is called truncated rather than off the list.
    """
    said = normal(text)
    if not said:
        return Unlabelled(Reason.TRUNCATED if cut_off and text.strip() else Reason.EMPTY)
    label = readings(task, form).get(said)
    if label is not None:
        return Labelled(label)
    return Unlabelled(Reason.TRUNCATED if cut_off else Reason.OFF_LIST, text.strip()[:SHOWN])


def readings(task: Task, form: AnswerForm) -> dict[str, str]:
    """Every normalised answer that is read as a label, with that label."""
    named = {
        normal(answer): name
        for name, spec in task.labels.items()
        for answer in (name, *spec.aliases)
    }
    letters = {normal(written): name for name, written in answers(task, form).items()}
    # A label such as "b" keeps its meaning where labels are asked for, and letters theirs.
    return {**letters, **named} if form is AnswerForm.LABEL else {**named, **letters}
