"""Text templates: {column} is replaced by the row's value, {{ and }} are braces, no more."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class Template:
    """A template, taken apart once for all the rows that fill it."""

    opening: str
    """What stands before the first column."""
    slots: tuple[Slot, ...]
    """The columns in their order."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the template draws on, in order, each once."""
        return tuple(dict.fromkeys(slot.column for slot in self.slots))

    def fill(self, values: Mapping[str, str], dressed: Callable[[str], str] | None = None) -> str:
        """The text with each column's value in its place; a missing one is empty.

        Values are never read as templates. `dressed` is applied to each of them.
        """
        parts = [self.opening]
        for slot in self.slots:
            value = values.get(slot.column, "").replace("\0", " ")
            parts += (dressed(value) if dressed else value, slot.after)
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a column's value goes."""

    column: str
    after: str
    """What stands between it and the next one."""


@lru_cache(maxsize=64)
def read_template(template: str) -> Template:
    """The template taken apart."""
    literals = [""]
    columns: list[str] = []
    end = 0
    for match in PLACEHOLDER.finditer(template):
        literals[-1] += template[end : match.start()]
        end = match.end()
        if match.group(1) is None:
            literals[-1] += match.group()[0]
        else:
            columns.append(match.group(1).strip())
            literals.append("")
    literals[-1] += template[end:]
    return Template(literals[0], tuple(map(Slot, columns, literals[1:])))


def check_template(template: str) -> str:
    """The template itself; raises ValueError for a lone brace or an empty placeholder."""
    for match in PLACEHOLDER.finditer(template):
        if match.group() in {"{", "}"}:
            raise ValueError(f"a lone {match.group()} in the template; write it twice")
        if match.group(1) is not None and not match.group(1).strip():
            raise ValueError("{} in the template names no column")
    if not template_columns(template):
        raise ValueError("the template names no column, such as {text}")
    return template


def template_columns(template: str) -> tuple[str, ...]:
    """The columns that the template draws on, in order."""
    return read_template(template).columns


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with every placeholder replaced once; values are never read as templates."""
    return read_template(template).fill(values)
