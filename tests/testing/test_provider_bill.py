from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from asking import LABELS, chat, post

from stepladder.pricing import Price
from stepladder.testing import FakeProvider, Fault, Purchase
from stepladder.types import Usage, Usd

PRICE = Price("m", date(2026, 1, 1), "a test", input=10, cached_input=1, cache_write=12,
              output=100, reasoning=1000, per_request=7)  # fmt: skip


@pytest.fixture(scope="module")
def running() -> Iterator[FakeProvider]:
    with FakeProvider(["cannot tell"]) as provider:
        yield provider


@pytest.fixture
def provider(running: FakeProvider) -> FakeProvider:
    running.start_over(faults={}, cached=0.0, reasoning=0, keep_purchases=False)
    return running


def test_it_counts_what_it_charged(provider: FakeProvider) -> None:
    for text in ("one", "two words"):
        post(provider, chat(text))
    stats = provider.stats()
    assert stats.requests == stats.answered == 2
    assert stats.prompt_tokens == (2 + 1) + (2 + 2)
    assert stats.completion_tokens == 4
    assert stats.seconds > 0
    assert provider.bill().usage == Usage(input=7, output=4, requests=2)


def test_the_bill_goes_by_model_and_comes_in_money(provider: FakeProvider) -> None:
    post(provider, chat("one"))
    post(provider, {**chat("one two"), "model": "strong"})
    bill = provider.bill()
    assert bill.by_model == {
        "m": Usage(input=3, output=2, requests=1),
        "strong": Usage(input=4, output=2, requests=1),
    }
    assert bill.cost(PRICE) == Usd(7 * 10 + 4 * 100 + 2 * 7)
    dear = replace(PRICE, output=1000)
    expected = (3 * 10 + 2 * 100 + 7) + (4 * 10 + 2 * 1000 + 7)
    assert bill.cost({"m": PRICE, "strong": dear}) == Usd(expected)
    with pytest.raises(KeyError, match="strong"):
        bill.cost({"m": PRICE})


def test_tokens_are_charged_by_kind(provider: FakeProvider) -> None:
    provider.start_over(cached=0.5, reasoning=10)
    usage = post(provider, chat("one two three")).json()["usage"]
    assert usage == {
        "prompt_tokens": 5,
        "completion_tokens": 12,
        "total_tokens": 17,
        "prompt_tokens_details": {"cached_tokens": 2},
        "completion_tokens_details": {"reasoning_tokens": 10},
    }
    charged = provider.bill().usage
    assert charged == Usage(input=3, cached_input=2, output=2, reasoning=10, requests=1)
    assert PRICE.cost(charged) == Usd(3 * 10 + 2 * 1 + 2 * 100 + 10 * 1000 + 7)


def test_reasoning_counts_towards_the_cap(provider: FakeProvider) -> None:
    provider.start_over(reasoning=10)
    response = post(provider, chat("one", max_tokens=11))
    assert response.content == "cannot"
    assert response.json()["usage"]["completion_tokens"] == 11
    starved = post(provider, chat("one", max_tokens=4))
    assert (starved.content, starved.choice["finish_reason"]) == ("", "length")
    assert starved.json()["usage"]["completion_tokens"] == 4


def test_purchases_tell_what_was_bought_twice(provider: FakeProvider) -> None:
    provider.start_over(keep_purchases=True)
    for text in ("one", "two", "one"):
        post(provider, chat(text))
    post(provider, chat("one", seed=1))
    once = Usage(input=3, output=2, requests=1)
    assert set(provider.purchases()) == {
        Purchase("m", "one", 0, Usage(input=6, output=4, requests=2)),
        Purchase("m", "two", 0, once),
        Purchase("m", "one", 1, once),
    }
    assert [bought.text for bought in provider.purchases() if bought.times > 1] == ["one"]


def test_a_refused_request_is_no_purchase(provider: FakeProvider) -> None:
    provider.start_over(keep_purchases=True, faults={Fault.FAILING: 1})
    post(provider, chat("one"))
    assert provider.purchases() == ()
    assert provider.bill().usage == Usage(requests=0)


def test_purchases_must_be_asked_for(provider: FakeProvider) -> None:
    with pytest.raises(ValueError, match="keep_purchases=True"):
        provider.purchases()


def test_memory_does_not_grow_with_requests() -> None:
    """Where neither purchases nor attempts are kept; measured on the parts, without a process."""
    import json
    import tracemalloc

    from stepladder.testing import Behaviour
    from stepladder.testing.public import Public
    from stepladder.testing.service import Service

    public = Public(Service(Behaviour(LABELS)), lambda: None)

    def serve(numbers: range) -> None:
        for number in numbers:
            body = json.dumps(chat(f"text {number}", logprobs=True, top_logprobs=20)).encode()
            public.end(public.begin(b"POST", b"/v1/chat/completions", body), sent=True)

    serve(range(500))
    tracemalloc.start()
    serve(range(500, 1500))
    grown = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert grown < 10_000
