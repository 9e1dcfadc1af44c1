"""Reading how sure a model says it is: `positive, 85`.

A number of percent, or one without a decimal point, is out of 100; with a decimal point and
at most 1 it is a share, since models that think in shares answer so whatever they are asked.
What is beyond 0 to 100 is never pulled into it: who says 150 means something else than 100.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stepladder.task.answer import LONGEST, AnswerReader
from stepladder.task.normal import normal
from stepladder.types import NO_CONFIDENCE, Confidence, Labelled, Outcome, Source

_WORDS = "very high|high|medium|moderate|low|very low|certain|sure|unsure|unknown|nan|inf|n/a|none"
_NUMBER = r"(?P<number>[-+−]?(?:\d+(?:\.\d+)?|\.\d+))(?P<unit> ?(?:%|percent\b|/ ?100\b))?"
_BETWEEN = r" ?[,;:(\[|] ?"
_TAIL = re.compile(rf"(?:{_BETWEEN}| [-–—] | ){_NUMBER}$|{_BETWEEN}(?P<words>[-+−]?(?:{_WORDS}))$")
"""What may follow a label in an answer in its normal form."""


@dataclass(frozen=True, slots=True)
class StatedAnswer:
    """What an answer names, and how sure it is said to be."""

    outcome: Outcome
    """The label, or why there is none."""
    confidence: Confidence = NO_CONFIDENCE
    """On the label that was named; of source `none` where no usable number follows it."""


@dataclass(frozen=True, slots=True)
class StatedReader:
    """Reads labels that a number follows; made once, not for each answer."""

    answers: AnswerReader
    """What may stand before the number."""

    def read(self, text: str, *, cut_off: bool = False) -> StatedAnswer:
        """The label and the number after it, if both are there.

        A text that is a label as it stands is that label, whatever it ends in. What is off
        the scale or no number (`150 %`, `-5`, `nan`, `high`) is no confidence, and neither
        is a number that may go on because `cut_off` says that the token limit ended it.
        """
        said = normal(text[:LONGEST])
        tail = _TAIL.search(said) if len(text) <= LONGEST else None
        if said in self.answers.known or tail is None:
            return StatedAnswer(self.answers.read(text, cut_off=cut_off))
        label = self.answers.known.get(normal(said[: tail.start()]))
        open_ended = cut_off and not tail["unit"]
        if label is None or self._may_be_another(said, tail, open_ended=open_ended):
            return StatedAnswer(self.answers.read(text, cut_off=cut_off))
        return StatedAnswer(label, NO_CONFIDENCE if open_ended else _confidence(label, tail))

    def _may_be_another(self, said: str, tail: re.Match[str], *, open_ended: bool) -> bool:
        """Whether the tail belongs to a label or is one: `top 10` of `top 100`, `low, high`."""
        known = self.answers.known
        # Of ratings, `1, 2` names two; `1, 2 %` can only be how sure it is.
        named = tail["words"] or (None if tail["unit"] else tail["number"])
        return named in known or (open_ended and any(one.startswith(said) for one in known))


def _confidence(label: Labelled, tail: re.Match[str]) -> Confidence:
    if tail["number"] is None:
        return NO_CONFIDENCE
    number = float(tail["number"].replace("−", "-"))
    is_share = not tail["unit"] and "." in tail["number"] and number <= 1
    probability = number if is_share else number / 100
    # Neither -5 nor 150 %; minus zero is as good as zero.
    if not 0 <= probability <= 1:
        return NO_CONFIDENCE
    return Confidence(Source.STATED, {label.label: abs(probability)})
