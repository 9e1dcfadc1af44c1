from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_cases import Place, opened

from stepladder.ledger import Ledger
from stepladder.types import (
    CandidateKey,
    Confidence,
    Decision,
    Labelled,
    Posterior,
    Reason,
    Source,
    Status,
    Unlabelled,
    Usage,
    Usd,
    Vote,
)

pytest_plugins = ("ledger_homes",)

NUMBERS = count()
# One ledger for all examples of a test.
SHARED = [HealthCheck.function_scoped_fixture]
TRICKY = ["", "'; DROP TABLE vote; --", "\u202e", "🦜", "\r\n", "null", "NaN"]


def numbered(key: CandidateKey) -> CandidateKey:
    """Every example asks about a candidate of its own."""
    return CandidateKey(f"{next(NUMBERS)} {key.id}", key.question)


# Without the null character, which not every database holds.
letters = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
texts = st.one_of(st.sampled_from(TRICKY), st.text(letters, max_size=30))
shares = st.floats(0, 1)
money = st.integers(0, 2**62).map(Usd)
usages = st.builds(Usage, *[st.integers(0, 10**9)] * 6)
labels = st.lists(texts, min_size=1, max_size=4, unique=True)
votes = st.builds(
    Vote,
    annotator=texts,
    outcome=st.one_of(
        st.builds(Labelled, texts), st.builds(Unlabelled, st.sampled_from(Reason), texts)
    ),
    confidence=st.builds(
        Confidence, st.sampled_from(Source), st.dictionaries(texts, shares, max_size=4)
    ),
    usage=usages,
    cost=money,
    model=texts,
    text=texts,
    variant=texts,
    sample=st.integers(0, 99),
    key=texts,
    seconds=st.floats(0, 1e6),
)


@st.composite
def posteriors(draw: st.DrawFn) -> Posterior:
    named = draw(labels)
    return Posterior(tuple(named), tuple(draw(shares) for _ in named))


decisions = st.builds(
    Decision,
    key=st.builds(lambda *key: numbered(CandidateKey(*key)), texts, texts),
    status=st.sampled_from(Status),
    label=st.none() | texts,
    probability=st.none() | shares,
    posterior=st.none() | posteriors(),
    calibrated=st.booleans(),
    route=st.lists(texts, max_size=3).map(tuple),
    cost=money,
    usage=usages,
    reason=texts,
)


@pytest.fixture
def ledger(home: Place) -> Iterator[Ledger]:
    ledger = opened(home)
    yield ledger
    ledger.close()


@settings(max_examples=40, deadline=None, suppress_health_check=SHARED)
@given(st.lists(votes, min_size=1, max_size=6), texts, texts)
async def test_votes_come_back_as_they_went(
    ledger: Ledger, given_votes: list[Vote], candidate: str, question: str
) -> None:
    key = numbered(CandidateKey(candidate, question))
    for vote in given_votes:
        ledger.add_vote(vote, key)
    await ledger.flush()
    assert (await ledger.votes([key]))[key] == given_votes


@settings(max_examples=40, deadline=None, suppress_health_check=SHARED)
@given(decisions, texts)
async def test_decisions_come_back_as_they_went(
    ledger: Ledger, decision: Decision, basis: str
) -> None:
    ledger.decide(decision, basis)
    await ledger.flush()
    found = (await ledger.decisions([decision.key]))[decision.key]
    assert found.decision == decision
    assert found.basis == basis


@settings(max_examples=30, deadline=None, suppress_health_check=SHARED)
@given(texts, texts, st.lists(st.builds(CandidateKey, texts, texts), max_size=5))
async def test_fits_come_back_as_they_went(
    ledger: Ledger, key: str, body: str, keys: list[CandidateKey]
) -> None:
    key = f"{next(NUMBERS)} {key}"
    await ledger.add_fit(key, body, orjson.dumps([tuple(one) for one in keys]).decode())
    stored = await ledger.fit(key)
    assert stored is not None
    assert stored.body == body
    assert stored.rows == frozenset(keys)
