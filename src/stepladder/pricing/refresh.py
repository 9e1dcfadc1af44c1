"""A price table made from the price map inside the installed litellm, without network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from stepladder.errors import MissingExtraError
from stepladder.pricing.encodings import ENCODINGS
from stepladder.pricing.litellm_package import litellm_folder, litellm_version
from stepladder.pricing.price_map import INPUT, OUTPUT, MappedModel, read_map
from stepladder.types import Usd

MAP = "model_prices_and_context_window_backup.json"
"""The map's name inside litellm."""
TIKTOKEN_PROVIDERS = frozenset({"openai", "text-completion-openai"})
"""Whose models tiktoken counts exactly."""


def refreshed(path_of_map: Path | None = None, *, at: date) -> str:
    """The text of a price table whose prices hold from that day, by default from litellm's map.

    Raises MissingExtraError when litellm is not installed, PriceError for an unreadable map.
    """
    source = f"price map of litellm {litellm_version()}"
    if path_of_map is None:
        path_of_map = _installed_map()
    else:
        source = f"price map {path_of_map.name}"
    models = list(read_map(path_of_map))
    priced = [model for model in models if _is_priced(model)]
    head = _head(source, at, len(priced), len(models) - len(priced))
    return "\n\n".join([head, *("\n".join(_entry(model, source, at)) for model in priced)]) + "\n"


def _installed_map() -> Path:
    folder = litellm_folder()
    if folder is None:
        raise MissingExtraError(
            "a price table is made from the price map inside litellm, which is not installed; "
            "run: pip install 'stepladder[litellm]'"
        )
    return folder / MAP


def _is_priced(model: MappedModel) -> bool:
    return model.rate(INPUT) is not None and model.rate(OUTPUT) is not None


def _head(source: str, at: date, priced: int, skipped: int) -> str:
    return (
        f"# Made on {at} from the {source}.\n"
        f"# {priced} models; {skipped} left out, which have no price per token there, "
        "or a price of zero.\n"
        "# Rates are rounded up to a pico-USD per token. Fees for tools, search, pictures, sound\n"
        "# and for processing in a chosen region or at a higher priority are not included.\n"
        "schema = 1"
    )


def _entry(model: MappedModel, source: str, at: date) -> Iterator[str]:
    if model.is_tiered:
        yield "# Cheaper for short prompts: this is the dearest tier, so that it bounds them all."
    retired = model.switch_off is not None and model.switch_off <= at
    if model.switch_off is not None:
        yield f"# Switch-off {'on' if retired else 'announced for'} {model.switch_off}."
    yield "[[price]]"
    yield f"model = {toml_string(model.name)}"
    yield f"from = {at}"
    yield f"source = {toml_string(source)}"
    yield from _rates(model)
    yield from _limits(model)
    if retired:
        yield "retired = true"


def _rates(model: MappedModel) -> Iterator[str]:
    rates = {
        "input": model.rate(INPUT),
        "cached_input": model.rate("cache_read_input_token_cost", like=INPUT),
        "cache_write": model.rate("cache_creation_input_token_cost", like=INPUT),
        "output": model.rate(OUTPUT),
        "reasoning": model.rate("output_cost_per_reasoning_token", like=OUTPUT),
    }
    # pico-USD per token are millionths of a USD per million tokens.
    yield from (f"{k} = {Usd(r * 10**6).plain}" for k, r in rates.items() if r is not None)
    if model.batch_discount is not None:
        yield f"batch_discount = {model.batch_discount.normalize():f}"
    if model.per_request is not None:
        yield f"per_request = {Usd(model.per_request).plain}"


def _limits(model: MappedModel) -> Iterator[str]:
    counts = {
        "context": model.count("max_input_tokens"),
        "max_output": model.count("max_output_tokens"),
    }
    yield from (f"{key} = {count}" for key, count in counts.items() if count is not None)
    encoding = _encoding(model)
    if encoding is not None:
        yield f"encoding = {toml_string(encoding)}"


def _encoding(model: MappedModel) -> str | None:
    if model.facts.get("litellm_provider") not in TIKTOKEN_PROVIDERS:
        return None
    from tiktoken import encoding_name_for_model

    try:
        name = encoding_name_for_model(model.name.rpartition("/")[2])
    except KeyError:
        return None
    return name if name in ENCODINGS else None


def toml_string(text: str) -> str:
    """The text as a TOML basic string."""
    # JSON's escapes are TOML's, but TOML also wants the delete character escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
