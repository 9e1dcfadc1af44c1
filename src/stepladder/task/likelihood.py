"""Token probabilities of the first answer token as raw confidence in each label."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

from stepladder.task.normal import normal
from stepladder.task.prompt import AnswerForm, answers
from stepladder.task.schema import Task


def label_probabilities(
    task: Task, form: AnswerForm, first_token: Mapping[str, float]
) -> Mapping[str, float]:
    """Probability of each label, renormalised, from natural log-probabilities by token.

    A token speaks for a label when the label begins with it and no other label
    does; a label that no listed token speaks for gets at most the smallest listed
    probability. Empty when no token speaks for any label.
    """
    written = {name: normal(text) for name, text in answers(task, form).items()}
    mass = dict.fromkeys(written, 0.0)
    for token, logprob in first_token.items():
        spoken_for = _labels_beginning_with(normal(token), written)
        if len(spoken_for) == 1:
            mass[spoken_for[0]] += exp(min(logprob, 0.0))
    if not any(mass.values()):
        return {}
    floor = exp(min(min(first_token.values()), 0.0))
    shown = {name: p if p > 0 else floor for name, p in mass.items()}
    whole = sum(shown.values())
    return {name: p / whole for name, p in shown.items()} if whole > 0 else {}


def _labels_beginning_with(start: str, written: Mapping[str, str]) -> list[str]:
    if not start:
        return []
    return [name for name, text in written.items() if text.startswith(start)]
