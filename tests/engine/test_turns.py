"""A resumed run takes up every candidate once, undecided ones first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stepladder.engine.turns import SHARE, in_turn
from stepladder.tables.key_hashes import KeyHashes
from stepladder.types import Candidate

numbers = st.sets(st.integers(0, 40))


def candidate(number: int) -> Candidate:
    return Candidate(f"c{number}")


@given(there=numbers, decided=numbers, left_out=numbers)
def test_everybody_comes_once_but_those_left_out(
    there: set[int], decided: set[int], left_out: set[int]
) -> None:
    known = KeyHashes(candidate(n).key for n in decided).known()
    out = {candidate(n).key for n in left_out}
    taken = [c.id for c in in_turn([candidate(n) for n in sorted(there)], known, out)]
    assert sorted(taken) == sorted(f"c{n}" for n in there - left_out)
    undecided = [f"c{n}" for n in sorted(there - left_out - decided)]
    assert [one for one in taken if one in undecided] == undecided
    # Each is followed by a few decided ones at most, so that asking never waits for them.
    for number, identity in enumerate(undecided):
        assert taken.index(identity) <= number * (1 + SHARE)


def test_a_fresh_run_keeps_the_order_of_the_file() -> None:
    taken = in_turn([candidate(n) for n in range(600)], KeyHashes().known(), ())
    assert [one.id for one in taken] == [f"c{n}" for n in range(600)]
