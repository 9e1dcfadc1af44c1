"""Recordings made at random, for tests."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

LABELS = ("good", "bad", "mixed")
SKILL: Mapping[str, float] = {"small": 0.6, "medium": 0.75, "large": 0.9}
"""How often each annotator is right."""
PRICES = """\
schema = 1

[[price]]
model = "small"
from = 2026-01-01
source = "test"
input = 0.1
cached_input = 0.01
output = 0.4

[[price]]
model = "medium"
from = 2026-01-01
source = "test"
input = 0.5
output = 1.5
batch_discount = 0.5

[[price]]
model = "large"
from = 2026-01-01
source = "test"
input = 2.5
output = 10.0
per_request = 0.000001

[[wage]]
name = "clerk"
from = 2026-01-01
source = "test"
per_answer = 0.08
"""


def rows(count: int, seed: int = 0, *, questions: Sequence[str] = ("label",)) -> list[Any]:
    """So many candidates of groups of two, each with a vote of everybody."""
    return list(_rows(count, random.Random(seed), questions))  # noqa: S311


def _rows(count: int, chance: random.Random, questions: Sequence[str]) -> Iterator[Any]:
    for number in range(count):
        gold = chance.choice(LABELS)
        yield {
            "id": f"r{number}",
            "group": f"g{number // 2}",
            "question": questions[number % len(questions)],
            "gold": gold,
            "columns": {"text": f"text {number} {gold if chance.random() < 0.3 else ''}"},
            "local_only": number % 11 == 3,
            "votes": {name: _vote(skill, gold, chance) for name, skill in SKILL.items()},
        }


def _vote(skill: float, gold: str, chance: random.Random) -> dict[str, Any]:
    usage = {"input": chance.randrange(80, 400), "output": chance.randrange(1, 9)}
    paid = {"usage": usage, "seconds": round(chance.random(), 3)}
    if chance.random() < 0.05:
        return {"reason": "off_list", "detail": "hm", **paid}
    right = chance.random() < skill
    said = gold if right else chance.choice([label for label in LABELS if label != gold])
    if chance.random() < 0.2:
        return {"label": said, **paid}
    sure = round(chance.uniform(0.5, 1.0) if right else chance.uniform(0.3, 0.9), 3)
    return {"label": said, "source": "stated", "confidence": {said: sure}, **paid}


def write(path: Path, lines: Sequence[Any]) -> Path:
    """The lines as a file of JSONL."""
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    return path
