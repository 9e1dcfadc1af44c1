"""One number that loosens a ladder: what it accepts is what its thresholds accept."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stepladder.tune.ladder import End, Ladder
from stepladder.tune.naming import Rule
from stepladder.tune.path import Path
from stepladder.types.arrays import Floats

SURE = st.sampled_from([0.0, 0.3, 0.5, 0.55, 0.8, 0.8, 0.95, 0.9999])


def stops(ladder: Ladder, ties: float, probability: list[Floats], lot: Floats) -> Floats:
    """The tier that each candidate stops at, by the accept rules as the engine knows them."""
    found = np.full(len(lot), -1)
    for tier, (sure, threshold) in enumerate(zip(probability, ladder.thresholds, strict=True)):
        above = sure > threshold + 1e-9
        level = (sure >= threshold - 1e-9) & (lot >= 1 - ties) & (sure > 0)
        found = np.where((found < 0) & (above | level), tier, found)
    return found


@given(st.data(), st.integers(1, 3), st.integers(1, 9))
@settings(max_examples=150)
def test_places_say_what_thresholds_do(data: st.DataObject, tiers: int, rows: int) -> None:
    lists = st.lists(SURE, min_size=rows, max_size=rows)
    probability = [np.array(data.draw(lists)) for _ in range(tiers)]
    flags = st.lists(st.integers(0, 1), min_size=rows, max_size=rows)
    wrong = [np.array(data.draw(flags)) for _ in range(tiers)]
    lot = np.array(data.draw(st.permutations(range(rows)))) / rows
    thresholds = tuple(data.draw(st.sampled_from([0.4, 0.6, 0.9])) for _ in range(tiers))
    route = tuple((str(number),) for number in range(tiers))
    ladder = Ladder(route, Rule.PROBABILITY, thresholds, End.PERSON)
    path = Path.of(ladder, probability, wrong, lot)
    ever_wrong = np.zeros(rows, dtype=bool)
    for place in np.unique(path.accepted[np.isfinite(path.accepted)])[::-1].tolist():
        loosened = path.at(place)
        stop = stops(loosened, loosened.ties[0] + 1e-12, probability, lot)
        assert (stop >= 0).tolist() == (path.accepted >= place).tolist()
        label_wrong = np.array(
            [stop[n] >= 0 and wrong[stop[n]][n] for n in range(rows)], dtype=bool
        )
        ever_wrong |= label_wrong
        # Whoever is wrong now was counted, and whoever is counted was wrong by now.
        assert not (label_wrong & (path.wrong < place)).any()
    assert (path.wrong <= path.accepted).all()
