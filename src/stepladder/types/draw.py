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


FIRST = Draw()
"""The task's own wording, asked once."""
