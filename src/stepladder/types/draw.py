"""Which of several ways to ask the same thing: another wording, or the same once more."""

from __future__ import annotations

from typing import NamedTuple

BASE = "base"
"""The wording as the task has it."""


class Draw(NamedTuple):
    """One of the times that an annotator is asked about the same candidate."""

    variant: str = BASE
    """The wording of the prompt."""
    sample: int = 0
    """Counts repetitions of the same wording."""

    @property
    def shown(self) -> str:
        """For people: `options-1`, or `base #3` for the fourth time in the task's own wording."""
        return f"{self.variant} #{self.sample}" if self.sample else self.variant

    @property
    def parts(self) -> tuple[str, ...]:
        """What tells it apart in a key; the task's own wording goes without saying."""
        return (str(self.sample),) if self.variant == BASE else (str(self.sample), self.variant)


FIRST = Draw()
"""The task's own wording, asked once."""
