"""What task.toml may say."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pydantic import Field, field_validator, model_validator

from stepladder.strict_toml import Settings
from stepladder.task.normal import normal
from stepladder.task.template import check_template


class LabelSpec(Settings):
    """One label: what it means, and what else an annotator may call it."""

    description: str = ""
    """What the label means, as the prompt tells it."""
    aliases: tuple[str, ...] = ()
    """Other answers that are read as this label."""


class Example(Settings):
    """A demonstration in the prompt."""

    columns: dict[str, str]
    """The values that the text template draws on."""
    label: str
    """The right label."""


class Columns(Settings):
    """Which column of the candidates file holds what."""

    id: str | None = None
    """A unique id; without it, the row number is the id."""
    gold: str | None = None
    """Trusted labels; empty where there are none."""
    group: str | None = None
    """Candidates that belong together (one document, one author) share a value."""
    question: str | None = None
    """Which of several questions the row asks of its text."""
    local_only: str | None = None
    """'yes' where only annotators marked `local` may see the candidate."""


class Task(Settings):
    """What is asked about each candidate."""

    name: str = Field(min_length=1)
    """The name of the task; a ledger belongs to one task."""
    instructions: str = Field(min_length=1)
    """What an annotator is told, before the labels are listed."""
    labels: dict[str, LabelSpec]
    """The labels in their order, each with a description: a table, or a plain string."""
    text: str = "{text}"
    """How a candidate's columns become the text shown; {column} is replaced, nothing is run."""
    answer_cue: str = "Label:"
    """What stands before the answer in a completion-style prompt."""
    columns: Columns = Columns()
    """Which columns hold id, gold, group, question and local_only."""
    examples: tuple[Example, ...] = ()
    """Demonstrations: tables with a label and the template's columns, or the path of a file."""

    @field_validator("labels", mode="before")
    @classmethod
    def _plain_descriptions(cls, value: Any) -> Any:
        if isinstance(value, list):
            return {name: {} for name in value}
        if isinstance(value, dict):
            return {k: {"description": v} if isinstance(v, str) else v for k, v in value.items()}
        return value

    @field_validator("examples", mode="before")
    @classmethod
    def _flat_examples(cls, value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return value
        return [_flat_example(item) for item in value]

    @field_validator("text")
    @classmethod
    def _readable_template(cls, value: str) -> str:
        return check_template(value)

    @model_validator(mode="after")
    def _consistent(self) -> Task:
        if len(self.labels) < 2:
            raise ValueError("labels: at least two labels are needed")
        self._check_answers()
        for example in self.examples:
            if example.label not in self.labels:
                raise ValueError(
                    f"examples: label {example.label!r} is not one of {', '.join(self.labels)}"
                )
        return self

    def _check_answers(self) -> None:
        answers = [
            (normal(answer), name)
            for name, spec in self.labels.items()
            for answer in {normal(a) for a in (name, *spec.aliases)}
        ]
        for answer, name in answers:
            if not answer:
                raise ValueError(f"labels.{name}: a label or alias needs a letter or a digit")
        clash = next((a for a, n in Counter(a for a, _ in answers).items() if n > 1), None)
        if clash is not None:
            names = sorted({name for answer, name in answers if answer == clash})
            raise ValueError(f"labels: {clash!r} would be read as any of {', '.join(names)}")

    @property
    def label_names(self) -> tuple[str, ...]:
        """The labels in their order."""
        return tuple(self.labels)


def _flat_example(item: Any) -> Any:
    if isinstance(item, dict) and "columns" not in item:
        return {
            "label": item.get("label", ""),
            "columns": {k: v for k, v in item.items() if k != "label"},
        }
    return item
