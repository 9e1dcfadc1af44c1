"""What a check found: all of it, not only the first problem."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from stepladder.errors import StepladderError, TableError


class Weight(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """A run would stop, or should not start."""
    WARNING = "warning"
    """A run would go on, perhaps not as its user thinks."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found."""

    weight: Weight
    message: str
    """One line: what, where and what to do."""


@dataclass(slots=True)
class Findings:
    """Gathers findings, each once and in order."""

    all: list[Finding] = field(default_factory=list)

    def error(self, message: str) -> None:
        """Note something that stops a run."""
        self._add(Finding(Weight.ERROR, message))

    def warn(self, message: str) -> None:
        """Note something that one should know."""
        self._add(Finding(Weight.WARNING, message))

    @contextmanager
    def catching(self, where: str = "", *, drop: str = "") -> Iterator[None]:
        """Note an error of ours that the block raises.

        `where` goes before the message, in place of a prefix `drop`, unless the
        error is about a table, which names its own file and line.
        """
        try:
            yield
        except TableError as problem:
            self.error(str(problem))
        except StepladderError as problem:
            message = str(problem).removeprefix(drop)
            self.error(f"{where}: {message}" if where else message)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Those that stop a run."""
        return tuple(finding for finding in self.all if finding.weight is Weight.ERROR)

    def _add(self, finding: Finding) -> None:
        if finding not in self.all:
            self.all.append(finding)
