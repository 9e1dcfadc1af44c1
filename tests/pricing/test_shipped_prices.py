"""The tables that come with stepladder: they load, and say what was charged."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from stepladder.pricing import PriceBook
from stepladder.types import Usage, Usd

TODAY = date(2026, 11, 22)
"""The day the tables were made."""


@cache
def book() -> PriceBook:
    return PriceBook.load()


def test_at_least_sixty_models_are_in_use() -> None:
    in_use = {entry.name for entry in book().entries(TODAY) if not entry.value.retired}
    assert len([name for name in in_use if not name.startswith(("local", "free"))]) >= 60


def test_at_least_fifteen_models_are_retired() -> None:
    retired = {entry.name for entry in book().entries() if entry.value.retired}
    assert len(retired) >= 15
    assert not any(entry.value.retired for entry in book().entries(TODAY))


@pytest.mark.parametrize(
    ("model", "at", "rate_in", "rate_out"),
    [
        ("gpt-4o-mini", TODAY, "0.15", "0.60"),
        ("openai/gpt-4o-mini", TODAY, "0.15", "0.60"),
        ("gpt-4o-2024-08-06", date(2024, 9, 1), "2.50", "10"),
        ("gpt-4o", date(2024, 6, 1), "5", "15"),
        ("gpt-4-turbo", date(2024, 9, 1), "10", "30"),
        ("gpt-3.5-turbo-0613", date(2024, 1, 1), "1.50", "2"),
        ("claude-3-haiku-20240307", date(2024, 9, 1), "0.25", "1.25"),
        ("gemini-1.5-flash", date(2024, 9, 1), "0.075", "0.30"),
        ("gemini/gemini-1.5-flash", date(2024, 6, 1), "0.35", "1.05"),
    ],
)
def test_what_a_million_tokens_cost_on_a_day(
    model: str, at: date, rate_in: str, rate_out: str
) -> None:
    price = book().price(model, at)
    assert price.cost(Usage(input=10**6, requests=0)) == Usd.of(rate_in)
    assert price.cost(Usage(output=10**6, requests=0)) == Usd.of(rate_out)


@pytest.mark.parametrize(
    "model", ["gemini-1.5-pro", "gpt-3.5-turbo", "open-mistral-7b", "groq/llama-3.1-8b-instant"]
)
def test_models_of_the_past_have_a_price_on_some_day(model: str) -> None:
    assert all(entry.value.output > 0 for entry in book().find([model]))


def test_only_what_is_free_by_definition_costs_nothing() -> None:
    nothing = [e.name for e in book().entries() if 0 in (e.value.input, e.value.output)]
    assert nothing == ["free"]


def test_a_quote_can_be_bounded_by_the_models_limits() -> None:
    unbounded = [e.name for e in book().entries() if None in (e.value.context, e.value.max_output)]
    assert unbounded == ["free"]


def test_people_have_a_wage_and_local_models_an_imputed_price() -> None:
    assert book().wage("person", TODAY).per_answer == Usd.of("0.08")
    assert book().price("local", TODAY).input > 0
