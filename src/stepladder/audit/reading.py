"""What one annotator answered about one candidate, each time that it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stepladder.types import FIRST, Draw


@dataclass(frozen=True, slots=True)
class Reading:
    """The answers by draw; the task's own wording is always among them."""

    answers: Mapping[Draw, str | None]
    """None for an answer that names no label; draws that nobody answered are missing."""
    gold: str | None = None
    """The trusted label, where there is one."""

    @property
    def own(self) -> str | None:
        """The answer to the task's own wording."""
        return self.answers[FIRST]

    @property
    def wordings(self) -> tuple[str | None, ...]:
        """The answers to different words, without repetitions of the same ones."""
        return tuple(answer for draw, answer in self.answers.items() if not draw.sample)

    @property
    def steady(self) -> bool:
        """Whether all wordings had the same answer."""
        return len(set(self.wordings)) == 1
