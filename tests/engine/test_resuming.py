"""A resumed run decides as one that was left alone, whatever the order, and buys nothing twice."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

from cascade import Cascade, candidates, scripted
from hypothesis import given, settings
from hypothesis import strategies as st

from stepladder.engine import Finished
from stepladder.types import Candidate, Decision

ITEMS = 24


def pool(gold: int) -> list[Candidate]:
    """Candidates of which the first have gold."""
    items = candidates(ITEMS)
    return [
        Candidate(c.id, c.columns, gold="yes" if n < gold else None) for n, c in enumerate(items)
    ]


def cascade(folder: Path, unsure: set[int]) -> Cascade:
    """weak is silent about some; strong knows all but the last two."""
    weak = {"*": "yes"} | {f"c{n}": "perhaps" for n in unsure}
    strong = {"*": "no", f"c{ITEMS - 1}": "perhaps", f"c{ITEMS - 2}": "perhaps"}
    return Cascade(
        folder,
        weak=scripted("weak", weak),
        strong=scripted("strong", strong),
        weak_accept={"agree": 1},
        calibration={"rows": 4, "minimum": 2},
        concurrency=2,
    )


async def label(made: Cascade, items: list[Candidate], stop_after: int | None) -> list[Finished]:
    run = made.run(items)
    found: list[Finished] = []
    async for finished in run.decisions():
        found.append(finished)
        if len(found) == stop_after:
            run.stop()
    return found


def by_key(found: list[Finished]) -> dict[str, Decision]:
    assert len({one.decision.key for one in found}) == len(found)
    return {one.decision.key.id: one.decision for one in found}


@given(
    unsure=st.sets(st.integers(0, ITEMS - 1)),
    gold=st.sampled_from([0, 10]),
    stops=st.lists(st.integers(1, ITEMS - 1), max_size=3),
)
@settings(max_examples=20, deadline=None)
def test_however_often_it_stops(unsure: set[int], gold: int, stops: list[int]) -> None:
    items = pool(gold)
    with tempfile.TemporaryDirectory() as alone, tempfile.TemporaryDirectory() as broken:
        expected = asyncio.run(label(cascade(Path(alone), unsure), items, None))
        asked: Counter[tuple[str, str]] = Counter()
        for stop in [*stops, None]:
            start = cascade(Path(broken), unsure)
            found = asyncio.run(label(start, items, stop))
            for name, annotator in (("weak", start.weak), ("strong", start.strong)):
                asked.update((name, identity) for identity in annotator.asked)  # type: ignore[union-attr]
    assert by_key(found) == by_key(expected)
    assert set(asked.values()) <= {1}


async def test_a_changed_policy_decides_anew_on_the_same_answers(tmp_path: Path) -> None:
    unsure = {1, 2}
    before = by_key(await label(cascade(tmp_path, unsure), pool(0), None))
    changed = cascade(tmp_path, unsure)
    changed.weak_accept = {"agree": 1, "probability": Decimal("0.99")}
    again = by_key(await label(changed, pool(0), None))
    assert again.keys() == before.keys()
    assert changed.weak is not None
    assert changed.weak.asked == []  # type: ignore[attr-defined]
