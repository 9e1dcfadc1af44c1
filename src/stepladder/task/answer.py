"""Reading an answer strictly: a label, an alias or an option letter, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stepladder.task.normal import normal
from stepladder.task.prompt import AnswerForm, answers
from stepladder.task.schema import Task
from stepladder.types import Labelled, Outcome, Reason, Unlabelled

SHOWN = 200
"""Characters of an unreadable answer that are kept."""
LONGEST = 10_000
"""Characters of an answer that are looked at: what is longer is no label."""


@dataclass(frozen=True, slots=True)
class AnswerReader:
    """What may be answered to a task in one form; made once, not for each answer."""

    known: Mapping[str, Labelled]
    """Every normalised answer that is read as a label."""
    unfinished: frozenset[str]
    """Those that another label's answer begins with."""

    @classmethod
    def of(cls, task: Task, form: AnswerForm = AnswerForm.LABEL) -> AnswerReader:
        """The reader of a task's answers."""
        known = readings(task, form)
        return cls(
            {said: Labelled(label) for said, label in known.items()},
            frozenset(said for said in known if _may_go_on(said, known)),
        )

    def read(self, text: str, *, cut_off: bool = False) -> Outcome:
        """The label that the text names, or why it names none.

        `cut_off` says that the answer ended at its token limit: if it is no label
        then, or may be the beginning of a longer one, it is truncated.
        """
        said = normal(text[:LONGEST])
        label = self.known.get(said) if len(text) <= LONGEST else None
        if label is not None and not (cut_off and said in self.unfinished):
            return label
        return Unlabelled(_failure(said, cut_off=cut_off), text.strip()[:SHOWN])


def read_answer(
    task: Task, text: str, form: AnswerForm = AnswerForm.LABEL, *, cut_off: bool = False
) -> Outcome:
    """As `AnswerReader.read`; for many answers, keep the reader."""
    return AnswerReader.of(task, form).read(text, cut_off=cut_off)


def _may_go_on(said: str, known: Mapping[str, str]) -> bool:
    return any(
        answer != said and answer.startswith(said) and label != known[said]
        for answer, label in known.items()
    )


def _failure(said: str, *, cut_off: bool) -> Reason:
    if cut_off:
        return Reason.TRUNCATED
    return Reason.OFF_LIST if said else Reason.EMPTY


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
