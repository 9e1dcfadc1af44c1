"""Other wordings of a task that mean the same: simulated annotators.

Jung, Brahman, Choi, "Trust or Escalate" (2407.18370), section 2.2: agreement of one
model with itself under other prompts is a better confidence than what it states.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import count, islice
from math import factorial
from typing import TypeVar

from stepladder.task.schema import Task
from stepladder.types import BASE

Item = TypeVar("Item")


class Kind(StrEnum):
    """What a variant changes."""

    PARAPHRASES = "paraphrases"
    """The instructions, in the task's other words."""
    OPTIONS = "options"
    """The order in which the labels are listed."""
    EXAMPLES = "examples"
    """The order of the demonstrations."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One wording of a task."""

    name: str
    """`base`, or the kind and a number, such as `options-1`."""
    task: Task
    """The task in that wording; its labels are the same."""


def variants(task: Task, kinds: Sequence[Kind], most: int) -> tuple[Variant, ...]:
    """At most so many wordings, the task's own first; then the kinds take turns.

    Fewer come back where there are no more: a task without paraphrases has none of
    that kind, and two labels have two orders. The same task gives the same ones.
    """
    turns = [_of_kind(task, kind) for kind in dict.fromkeys(kinds)]
    return (Variant(BASE, task), *islice(_in_turn(turns), most - 1))


def variant(task: Task, name: str) -> Variant:
    """The wording of that name; raises KeyError if the task has none."""
    if name == BASE:
        return Variant(BASE, task)
    kind = name.rpartition("-")[0]
    if kind in set(Kind):
        for found in _of_kind(task, Kind(kind)):
            if found.name == name:
                return found
    raise KeyError(name)


def _in_turn(turns: list[Iterator[Variant]]) -> Iterator[Variant]:
    while turns:
        for turn in list(turns):
            found = next(turn, None)
            if found is None:
                turns.remove(turn)
            else:
                yield found


def _of_kind(task: Task, kind: Kind) -> Iterator[Variant]:
    for number, changed in zip(count(1), _changed(task, kind), strict=False):
        yield Variant(f"{kind.value}-{number}", changed)


def _changed(task: Task, kind: Kind) -> Iterator[Task]:
    match kind:
        case Kind.PARAPHRASES:
            for instructions in task.paraphrases:
                yield task.model_copy(update={"instructions": instructions})
        case Kind.OPTIONS:
            for names in _orders(tuple(task.labels), task.name):
                labels = {name: task.labels[name] for name in names}
                yield task.model_copy(update={"labels": labels})
        case Kind.EXAMPLES:
            for examples in _orders(task.examples, task.name):
                yield task.model_copy(update={"examples": examples})


def _orders(items: tuple[Item, ...], seed: str) -> Iterator[tuple[Item, ...]]:
    """Other orders of the items, each once: the reverse, then at random by the seed."""
    if len(items) < 2:
        return
    places = list(range(len(items)))
    seen = {tuple(places)}
    rng = random.Random(seed)  # noqa: S311
    order = places[::-1]
    while len(seen) < factorial(len(items)):
        if tuple(order) not in seen:
            seen.add(tuple(order))
            yield tuple(items[place] for place in order)
        order = rng.sample(places, len(places))
