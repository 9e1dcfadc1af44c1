"""What task.toml may say."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator, model_validator

from stepladder.nearest import did_you_mean
from stepladder.strict_toml import KeyedError, Settings
from stepladder.task.normal import normal
from stepladder.task.template import check_template, template_columns


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
    paraphrases: tuple[str, ...] = ()
    """The instructions in other words that mean the same: variants of the prompt."""
    labels: dict[str, LabelSpec]
    """The labels in their order, each with a description: a table, or a plain string."""
    text: str = "{text}"
    """How a candidate's columns become the text shown; {column} is replaced, nothing is run."""
    answer_cue: str = "Label:"
    """What stands before the answer in a completion-style prompt."""
    delimiters: bool = False
    """Whether a candidate's values stand between delimiters that no text can forge."""
    columns: Columns = Columns()
    """Which columns hold id, gold, group, question and local_only."""
    examples: tuple[Example, ...] = ()
    """Demonstrations: tables with a label and the template's columns, or the path of a file."""

    @field_validator("labels", mode="before")
    @classmethod
    def _plain_descriptions(cls, value: Any) -> Any:
        if isinstance(value, list):
            value = _listed(value)
        if isinstance(value, dict):
            return {k: {"description": v} if isinstance(v, str) else v for k, v in value.items()}
        return value

    @field_validator("examples", mode="before")
    @classmethod
    def _flat_examples(cls, value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return value
        return [_flat_example(item) for item in value]

    @field_validator("name", "instructions")
    @classmethod
    def _not_blank(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("should not be empty")
        return value

    @field_validator("text")
    @classmethod
    def _readable_template(cls, value: str) -> str:
        return check_template(value)

    @model_validator(mode="after")
    def _consistent(self) -> Task:
        if len(self.labels) < 2:
            raise KeyedError("at least two labels are needed", "labels")
        for name in self.labels:
            if name != " ".join(name.split()):
                raise KeyedError(
                    "a label has no spaces around it and one between words", "labels", name
                )
        self._check_answers()
        for position, example in enumerate(self.examples):
            problem = self.problem_of(example)
            if problem is not None:
                raise KeyedError(problem, "examples", position)
        return self

    def _check_answers(self) -> None:
        meant: dict[str, str] = {}
        for name, spec in self.labels.items():
            for answer in dict.fromkeys(normal(a) for a in (name, *spec.aliases)):
                if not answer:
                    raise KeyedError(
                        "a label or alias needs a letter, a digit or a symbol", "labels", name
                    )
                if answer in meant:
                    raise KeyedError(
                        f"an answer {answer!r} would mean {meant[answer]!r} as well; "
                        "change a name or an alias",
                        *("labels", name),
                    )
                meant[answer] = name

    def problem_of(self, example: Example) -> str | None:
        """What is wrong with an example for this task, or None."""
        if example.label not in self.labels:
            return (
                f"{example.label!r} is not a label of the task; "
                f"{did_you_mean(example.label, self.labels)}"
            )
        for column in template_columns(self.text):
            if not example.columns.get(column, "").strip():
                return f"no {column!r}, which the text template names"
        return None

    @property
    def label_names(self) -> tuple[str, ...]:
        """The labels in their order."""
        return tuple(self.labels)


def _listed(names: list[Any]) -> dict[str, str]:
    """A plain list of labels as a table without descriptions."""
    for position, name in enumerate(names):
        if not isinstance(name, str):
            raise KeyedError(f"should be a text in quotes, not {name}", position)
        if name in names[:position]:
            raise KeyedError(f"{name!r} appears twice", position)
    return dict.fromkeys(names, "")


def _flat_example(item: Any) -> Any:
    if isinstance(item, dict) and "columns" not in item:
        shown = {"columns": {k: v for k, v in item.items() if k != "label"}}
        return shown | {k: v for k, v in item.items() if k == "label"}
    return item
