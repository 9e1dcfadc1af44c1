"""A resumed run takes up every candidate once, undecided ones first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from stepladder.engine.replay import BLOCK
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


def test_a_decided_one_comes_now_and_then_while_nobody_undecided_is_found() -> None:
    last = 40 * BLOCK
    known = KeyHashes(candidate(n).key for n in range(last)).known()
    read = 0

    def counted() -> Iterator[Candidate]:
        nonlocal read
        for number in range(last + 1):
            read += 1
            yield candidate(number)

    class Rows:
        def __iter__(self) -> Iterator[Candidate]:
            return counted()

    taken = in_turn(Rows(), known, ())
    reads = []
    for one in taken:
        reads.append(read)
        if one == candidate(last):
            break
    assert len(reads) == 41
    assert max(late - early for early, late in pairwise([0, *reads])) <= 2 * BLOCK + 1


def test_a_fresh_run_keeps_the_order_of_the_file() -> None:
    taken = in_turn([candidate(n) for n in range(600)], KeyHashes().known(), ())
    assert [one.id for one in taken] == [f"c{n}" for n in range(600)]
