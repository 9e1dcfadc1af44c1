"""Recorded votes of real models as gold rows, split by group; the data lie outside the project."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stepladder.confidence import GoldRow
from stepladder.types import NO_CONFIDENCE, Candidate, Confidence, Labelled, Source, Vote


@dataclass(frozen=True, slots=True)
class Recording:
    """One file of recordings, and the labels of its task."""

    file: str
    labels: tuple[str, ...]


RECORDINGS = (
    Recording("cebab_aspects", ("Positive", "Negative", "unknown")),
    # One row in 2,549 has another gold, which no model ever says: it is left out.
    Recording("framing", ("yes", "no")),
    Recording("stance", ("agrees", "neutral", "disagrees")),
)


@dataclass(frozen=True, slots=True)
class Halves:
    """Gold rows to learn from and gold rows to measure on, no group in both."""

    known: tuple[GoldRow, ...]
    fresh: tuple[GoldRow, ...]


def folder() -> Path:
    """Where the recordings are; ends the program when the environment does not say."""
    named = os.environ.get("STEPLADDER_RECORDINGS")
    if not named:
        raise SystemExit("set STEPLADDER_RECORDINGS to the folder of the recordings")
    return Path(named)


def rows_of(recording: Recording) -> list[GoldRow]:
    """Every row whose gold is one of the labels."""
    lines = (folder() / f"{recording.file}.jsonl").read_text(encoding="utf-8").splitlines()
    found = map(json.loads, lines)
    return [_row(line) for line in found if line["gold"] in recording.labels]


def _row(line: Mapping[str, Any]) -> GoldRow:
    columns = {"text": line["text"]} if "text" in line else {}
    question = line.get("question", "label")
    candidate = Candidate(line["id"], columns, question, line["group"], line["gold"])
    stated = line.get("stated_confidence", {})
    votes = {
        name: Vote(name, Labelled(label), _confidence(label, stated.get(name)))
        for name, label in line["votes"].items()
    }
    return GoldRow(candidate, votes)


def _confidence(label: str, stated: float | None) -> Confidence:
    return NO_CONFIDENCE if stated is None else Confidence(Source.STATED, {label: stated})


def halves(rows: Sequence[GoldRow], known: int, seed: int) -> Halves:
    """Whole groups at random, as many as fit into so many known rows; the rest is fresh."""
    groups: dict[str, list[GoldRow]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    names = sorted(groups)
    random.Random(seed).shuffle(names)
    chosen: set[str] = set()
    count = 0
    for name in names:
        if count + len(groups[name]) <= known:
            chosen.add(name)
            count += len(groups[name])
    return Halves(
        tuple(row for row in rows if row.group in chosen),
        tuple(row for row in rows if row.group not in chosen),
    )
