"""Votes and questions of gold rows as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from stepladder.confidence.gold import GoldTable
from stepladder.types import Source
from stepladder.types.arrays import NO_LABEL, Numbers


def gives_confidence(name: str, table: GoldTable) -> bool:
    """Whether any vote of the annotator comes with one."""
    return any(
        name in row.votes and row.votes[name].confidence.source is not Source.NONE
        for row in table.rows
    )


def votes_of(names: Sequence[str], table: GoldTable) -> Numbers:
    """Numbers of the labels that these annotators said (n x m); NO_LABEL for none."""
    place = {label: number for number, label in enumerate(table.labels)}
    return np.array(
        [
            [_said(place, row.votes[n].label) if n in row.votes else NO_LABEL for n in names]
            for row in table.rows
        ],
        dtype=np.int64,
    )


def _said(place: Mapping[str, int], label: str | None) -> int:
    return NO_LABEL if label is None else place[label]


def asked_of(table: GoldTable, questions: Sequence[str]) -> Numbers:
    """Number of each row's question (n); one past the last for one that the lesson lacks."""
    known = {question: number for number, question in enumerate(questions)}
    return np.array([known.get(q, len(questions)) for q in table.questions], dtype=np.int64)
