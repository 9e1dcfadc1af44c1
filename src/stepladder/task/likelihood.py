"""Token probabilities of the first answer token as raw confidence in each label."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, isnan

from stepladder.task.normal import normal
from stepladder.task.prompt import AnswerForm, answers
from stepladder.task.schema import Task

LEAST = 1e-6
"""Listed probabilities are printed no more exactly than this; something is always left over."""
ROUNDING = 0.01
"""How far above 0 a log-probability, and above 1 all listed probabilities together, may be: some
providers print two decimals. What is further above is no list of log-probabilities."""
LONG = 64
"""Characters of a beginning that is not looked up but compared: no model has such tokens."""


@dataclass(frozen=True, slots=True)
class LikelihoodReader:
    """Which labels a first token speaks for; made once, not for each answer."""

    written: Mapping[str, str]
    """The normalised answer for each label."""
    beginning: Mapping[str, tuple[str, ...]]
    """The labels whose answer begins so, by every normalised beginning shorter than `LONG`."""

    @classmethod
    def of(cls, task: Task, form: AnswerForm) -> LikelihoodReader:
        """The reader of the first tokens of a task's answers."""
        written = {name: normal(text) for name, text in answers(task, form).items()}
        beginning: defaultdict[str, list[str]] = defaultdict(list)
        for name, text in written.items():
            for end in range(1, min(len(text) + 1, LONG)):
                beginning[text[:end]].append(name)
        return cls(written, {start: tuple(names) for start, names in beginning.items()})

    def read(self, first_token: Mapping[str, float], answered: str) -> Mapping[str, float]:
        """Probability of each label, renormalised, from natural log-probabilities by token.

        A token speaks for the labels that begin with it, in equal parts if there are
        several. A label that no listed token speaks for gets at most the smallest
        listed probability, and no more than its part of what the listed ones leave.

        Empty, so no confidence, unless the label that was `answered` is singled out: most
        of what speaks for it has to speak for it alone, as its part of a token that it
        shares with another label is nobody's belief. Empty too where the numbers are no
        log-probabilities: infinite, or above what `ROUNDING` allows. A NaN is left out, and
        minus infinity is a probability of 0.
        """
        known = {token: logprob for token, logprob in first_token.items() if not isnan(logprob)}
        listed = [exp(min(logprob, 0.0)) for logprob in known.values()]
        if max(known.values(), default=0.0) > ROUNDING or sum(listed) > 1 + ROUNDING:
            return {}
        spoken_for = [self._spoken_for(normal(token)) for token in known]
        if not _singled_out(answered, spoken_for, listed):
            return {}
        mass = dict.fromkeys(self.written, 0.0)
        for names, probability in zip(spoken_for, listed, strict=True):
            for name in names:
                mass[name] += probability / len(names)
        return _shares(mass, listed)

    def _spoken_for(self, start: str) -> tuple[str, ...]:
        if len(start) < LONG:
            return self.beginning.get(start, ())
        return tuple(name for name, text in self.written.items() if text.startswith(start))


def label_probabilities(
    task: Task, form: AnswerForm, first_token: Mapping[str, float], answered: str
) -> Mapping[str, float]:
    """As `LikelihoodReader.read`; for many answers, keep the reader."""
    return LikelihoodReader.of(task, form).read(first_token, answered)


def _singled_out(answered: str, spoken_for: list[tuple[str, ...]], listed: list[float]) -> bool:
    alone = shared = 0.0
    for names, probability in zip(spoken_for, listed, strict=True):
        if names == (answered,):
            alone += probability
        elif answered in names:
            shared += probability
    return alone > shared


def _shares(mass: Mapping[str, float], listed: list[float]) -> Mapping[str, float]:
    unheard = sum(1 for probability in mass.values() if probability <= 0)
    left_over = max(1.0 - sum(listed), LEAST)
    smallest = min(p for p in listed if p > 0)
    most = min(smallest, left_over / unheard) if unheard else 0.0
    shown = {name: p if p > 0 else most for name, p in mass.items()}
    whole = sum(shown.values())
    return {name: p / whole for name, p in shown.items()}
