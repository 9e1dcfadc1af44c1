"""What a label was given for: so that gold is not taken for another text under the same id."""

from __future__ import annotations

from collections.abc import Mapping

from stepladder.digest import digest
from stepladder.task.schema import Task
from stepladder.task.template import template_columns

LENGTH = 16
"""Hexadecimal digits: 64 bits tell any two texts apart that come under one id."""


def fingerprint(task: Task, columns: Mapping[str, str]) -> dict[str, str]:
    """A digest of each column that the task shows, however its blanks are set."""
    return {name: _digest(columns[name]) for name in template_columns(task.text)}


def fits(seen: Mapping[str, str], columns: Mapping[str, str]) -> bool:
    """Whether these columns are the ones that were seen; columns that are gone do not tell."""
    return all(_digest(columns[name]) == seen[name] for name in seen if name in columns)


def _digest(text: str) -> str:
    return digest(" ".join(text.split()))[:LENGTH]
