"""A million keys in 8 MB: which come twice, which are known, and in what order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stepladder.tables.key_hashes import KeyHashes
from stepladder.types import CandidateKey

keys = st.builds(CandidateKey, st.text(max_size=3), st.sampled_from(["tone", "topic"]))


@given(st.lists(keys))
def test_repeated_keys_are_those_that_came_twice(given_keys: list[CandidateKey]) -> None:
    twice = {hash(key) for key in given_keys if given_keys.count(key) > 1}
    assert KeyHashes(given_keys).repeated() == twice


@given(st.lists(keys), st.lists(keys))
def test_known_keys_are_told_from_others(
    there: list[CandidateKey], asked: list[CandidateKey]
) -> None:
    known = KeyHashes(there).known()
    assert known.among(asked) == [key in there for key in asked]
    assert bool(known) == bool(there)


@given(st.lists(keys, unique=True), st.lists(keys, unique=True))
def test_the_order_is_the_wanted_one_and_what_nobody_wants_comes_last(
    there: list[CandidateKey], wanted: list[CandidateKey]
) -> None:
    order = KeyHashes(there).order_by(KeyHashes(wanted)).tolist()
    expected = [key for key in wanted if key in there] + [k for k in there if k not in wanted]
    assert [there[position] for position in order] == expected
    reordered = KeyHashes(there).reordered(KeyHashes(there).order_by(KeyHashes(wanted)))
    assert reordered.order_by(KeyHashes(wanted)).tolist() == list(range(len(there)))


def test_one_of_each_is_kept_where_the_same_key_was_added_twice() -> None:
    one, two = CandidateKey("1", "q"), CandidateKey("2", "q")
    order = KeyHashes([two, one, two]).order_by(KeyHashes([one, two])).tolist()
    assert order == [1, 0, 2]
