"""A table from litellm's price map: never cheaper than the map, and it loads."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.errors import MissingExtraError, PriceError
from stepladder.pricing import Price, PriceBook, refreshed
from stepladder.pricing.refresh import toml_string

DAY = date(2026, 11, 22)
PLAIN: dict[str, Any] = {
    "mode": "chat",
    "input_cost_per_token": 1.5e-07,
    "output_cost_per_token": 6e-07,
}

Refreshed = Callable[[dict[str, Any]], str]
Loaded = Callable[[str], PriceBook]


@pytest.fixture
def made(tmp_path: Path) -> Refreshed:
    def make(models: dict[str, Any]) -> str:
        file = tmp_path / "map.json"
        file.write_text(json.dumps(models), encoding="utf-8")
        return refreshed(file, at=DAY)

    return make


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    def load(text: str) -> PriceBook:
        file = tmp_path / "refreshed.toml"
        file.write_text(text, encoding="utf-8")
        (tmp_path / "nothing").mkdir(exist_ok=True)
        return PriceBook.load([file], folder=tmp_path / "nothing")

    return load


def test_every_kind_is_carried_over(made: Refreshed, loaded: Loaded) -> None:
    facts = {
        **PLAIN,
        "cache_read_input_token_cost": 7.5e-08,
        "cache_creation_input_token_cost": 1.875e-07,
        "output_cost_per_reasoning_token": 1e-06,
        "input_cost_per_request": 0.005,
        "input_cost_per_token_batches": 7.5e-08,
        "output_cost_per_token_batches": 3.6e-07,
        "max_input_tokens": 128_000,
        "max_output_tokens": 16_384,
    }
    assert loaded(made({"m": facts})).price("m", DAY) == Price(
        model="m",
        since=DAY,
        source="price map map.json",
        input=150_000,
        cached_input=75_000,
        cache_write=187_500,
        output=600_000,
        reasoning=1_000_000,
        per_request=5_000_000_000,
        batch_discount=Fraction(2, 5),
        context=128_000,
        max_output=16_384,
    )


def test_rates_finer_than_a_pico_usd_are_rounded_up(made: Refreshed, loaded: Loaded) -> None:
    facts = PLAIN | {"input_cost_per_token": 7.14285714e-08, "output_cost_per_token": 1e-13}
    price = loaded(made({"m": facts})).price("m", DAY)
    assert price.input == 71_429
    assert price.output == 1


def test_the_dearest_tier_counts_and_the_table_says_so(made: Refreshed, loaded: Loaded) -> None:
    facts = PLAIN | {
        "input_cost_per_token_above_128k_tokens": 3e-07,
        "input_cost_per_token_above_200k_tokens": 4e-07,
        "input_cost_per_token_above_200k_tokens_priority": 9e-07,
        "input_cost_per_token_priority": 9e-07,
        "output_cost_per_token_above_200k_tokens": 1.2e-06,
        "output_cost_per_reasoning_token": 7e-07,
        "cache_read_input_token_cost": 1e-08,
        "cache_read_input_token_cost_above_200k_tokens": 2e-08,
        "cache_creation_input_token_cost": 2e-07,
    }
    text = made({"m": facts})
    price = loaded(text).price("m", DAY)
    assert (price.input, price.output) == (400_000, 1_200_000)
    assert price.cached_input == 20_000
    # These have no dearer tiers of their own, so they follow input and output up.
    assert (price.cache_write, price.reasoning) == (400_000, 1_200_000)
    assert "# Cheaper for short prompts" in text
    assert "# Cheaper for short prompts" not in made({"m": PLAIN})


def test_a_list_of_tiers_is_understood(made: Refreshed, loaded: Loaded) -> None:
    tiers = [
        {"input_cost_per_token": 5e-08, "output_cost_per_token": 4e-07, "range": [0, 256_000]},
        {"input_cost_per_token": 3e-07, "output_cost_per_token": 2e-06, "range": [256_000, 1e6]},
    ]
    price = loaded(made({"m": {"mode": "chat", "tiered_pricing": tiers}})).price("m", DAY)
    assert (price.input, price.output) == (300_000, 2_000_000)


def test_models_without_a_price_are_left_out_and_counted(made: Refreshed, loaded: Loaded) -> None:
    models = {
        "good": PLAIN,
        "completes": PLAIN | {"mode": "completion"},
        "responds": PLAIN | {"mode": "responses"},
        "no-output": {"mode": "chat", "input_cost_per_token": 1e-06},
        "no-input": {"mode": "chat", "output_cost_per_token": 1e-06},
        "zero": PLAIN | {"input_cost_per_token": 0, "output_cost_per_token": 0.0},
        "words": PLAIN | {"input_cost_per_token": "0.1"},
        "embeds": PLAIN | {"mode": "embedding"},
        "sample_spec": {"mode": "one of: chat, embedding"},
    }
    text = made(models)
    assert [e.name for e in loaded(text).entries()] == ["completes", "good", "responds"]
    assert "# 3 models; 4 left out" in text


def test_a_switched_off_model_is_retired_from_that_day(made: Refreshed, loaded: Loaded) -> None:
    text = made(
        {
            "gone": PLAIN | {"deprecation_date": "2026-11-22"},
            "going": PLAIN | {"deprecation_date": "2026-11-23"},
            "vague": PLAIN | {"deprecation_date": "some day"},
        }
    )
    book = loaded(text)
    assert book.price("gone", DAY).retired
    assert not book.price("going", DAY).retired
    assert not book.price("vague", DAY).retired
    assert "# Switch-off announced for 2026-11-23." in text


def test_openai_models_keep_their_exact_encoding(made: Refreshed, loaded: Loaded) -> None:
    book = loaded(
        made(
            {
                "gpt-4o-mini": PLAIN | {"litellm_provider": "openai"},
                "gpt-nothing": PLAIN | {"litellm_provider": "openai"},
                "reseller/gpt-4o-mini": PLAIN | {"litellm_provider": "reseller"},
            }
        )
    )
    assert book.price("gpt-4o-mini", DAY).encoding == "o200k_base"
    assert book.price("gpt-nothing", DAY).encoding is None
    assert book.price("reseller/gpt-4o-mini", DAY).encoding is None


def test_names_are_escaped(made: Refreshed, loaded: Loaded) -> None:
    name = 'a"b\\c\n[[price]]\n\x7f\x00é😀'
    assert [entry.name for entry in loaded(made({name: PLAIN})).entries()] == [name]


@given(st.text())
def test_any_text_survives_as_a_toml_string(text: str) -> None:
    assert tomllib.loads(f"key = {toml_string(text)}") == {"key": text}


def test_an_unreadable_map_is_named(tmp_path: Path, made: Refreshed) -> None:
    with pytest.raises(PriceError, match=r"none\.json: no price map can be read"):
        refreshed(tmp_path / "none.json", at=DAY)
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(PriceError, match=r"bad\.json: no price map can be read"):
        refreshed(tmp_path / "bad.json", at=DAY)
    (tmp_path / "list.json").write_text("[]")
    with pytest.raises(PriceError, match=r"list\.json: a price map is one JSON object"):
        refreshed(tmp_path / "list.json", at=DAY)


def test_without_litellm_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    # What Python itself takes for a package that cannot be imported.
    monkeypatch.setitem(sys.modules, "litellm", None)
    with pytest.raises(MissingExtraError, match=r"stepladder\[litellm\]"):
        refreshed(at=DAY)


@pytest.mark.skipif(find_spec("litellm") is None, reason="needs litellm's map")
def test_the_installed_map_makes_a_table_that_is_never_cheaper(loaded: Loaded) -> None:
    book = loaded(refreshed(at=DAY))
    spec = find_spec("litellm")
    assert spec is not None
    assert spec.origin is not None
    file = Path(spec.origin).parent / "model_prices_and_context_window_backup.json"
    facts = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    entries = book.entries()
    assert len(entries) > 2_000
    for entry in entries:
        price, given_rates = entry.value, facts[entry.name]
        assert price.source.startswith("price map of litellm ")
        assert price.input >= given_rates.get("input_cost_per_token", 0) * 10**12 > -1
        assert price.output >= given_rates.get("output_cost_per_token", 0) * 10**12 > -1
    mini = book.price("openai/gpt-4o-mini", DAY)
    assert (mini.input, mini.cached_input, mini.output) == (150_000, 75_000, 600_000)
