"""What is wanted of an answer: its form, and whether the model says how sure it is.

Stated confidence as in Lin, Hilton, Evans, "Teaching Models to Express Their
Uncertainty in Words" (2205.14334), and asked for in the same breath as the answer, as
"Verb. 1S" of Tian et al., "Just Ask for Calibration" (2305.14975).
"""

from __future__ import annotations

from dataclasses import dataclass

from stepladder.task.prompt import AnswerForm

DEMONSTRATED = 95
"""How sure the prompt's demonstrations are, out of 100: one number for all of them, which says
nothing about the label, and short of 100, so that a model may still be surer."""
LONGEST_STATED = ", 100 %"
"""The most that is written after a label."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a model is asked to write."""

    form: AnswerForm = AnswerForm.LABEL
    """The label or the letter of an option."""
    stated: bool = False
    """Whether how sure it is follows, out of 100."""

    @property
    def request(self) -> str:
        """The last line of the briefing."""
        one = "one letter" if self.form is AnswerForm.LETTER else "one label"
        if not self.stated:
            return f"Answer with {one} only."
        return (
            f"Answer with {one} only, a comma, and how sure you are that it is right, "
            "from 0 to 100."
        )

    def demonstrated(self, written: str) -> str:
        """A right answer as a demonstration shows it, from what is written for its label."""
        return f"{written}, {DEMONSTRATED}" if self.stated else written

    def longest(self, written: str) -> str:
        """The longest right answer that begins with this."""
        return f"{written}{LONGEST_STATED}" if self.stated else written


LABEL_ONLY = Wanted()
"""A label and nothing else."""
