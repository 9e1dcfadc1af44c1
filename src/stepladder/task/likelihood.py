"""Token probabilities of the first answer token as raw confidence in each label."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

from stepladder.task.normal import normal
from stepladder.task.prompt import AnswerForm, answers
from stepladder.task.schema import Task

LEAST = 1e-6
"""Listed probabilities are printed no more exactly than this; something is always left over."""


def label_probabilities(
    task: Task, form: AnswerForm, first_token: Mapping[str, float]
) -> Mapping[str, float]:
    """Probability of each label, renormalised, from natural log-probabilities by token.

    A token speaks for the labels that begin with it, in equal parts if there are
    several. A label that no listed token speaks for gets at most the smallest
    listed probability, and no more than its part of what the listed ones leave.
    Empty when no token singles out a label: then the first token tells nothing.
    """
    written = {name: normal(text) for name, text in answers(task, form).items()}
    listed = [(token, exp(min(logprob, 0.0))) for token, logprob in first_token.items()]
    mass = dict.fromkeys(written, 0.0)
    singled_out = False
    for token, probability in listed:
        spoken_for = _labels_beginning_with(normal(token), written)
        singled_out |= len(spoken_for) == 1 and probability > 0
        for name in spoken_for:
            mass[name] += probability / len(spoken_for)
    return _shares(mass, [p for _, p in listed]) if singled_out else {}


def _shares(mass: Mapping[str, float], listed: list[float]) -> Mapping[str, float]:
    unheard = sum(1 for probability in mass.values() if probability <= 0)
    left_over = max(1.0 - sum(listed), LEAST)
    smallest = min(p for p in listed if p > 0)
    most = min(smallest, left_over / unheard) if unheard else 0.0
    shown = {name: p if p > 0 else most for name, p in mass.items()}
    whole = sum(shown.values())
    return {name: p / whole for name, p in shown.items()}


def _labels_beginning_with(start: str, written: Mapping[str, str]) -> list[str]:
    if not start:
        return []
    return [name for name, text in written.items() if text.startswith(start)]
