"""The price map inside litellm: one JSON object a model, in USD per token."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path
from typing import Any

from stepladder.errors import PriceError

MODES = frozenset({"chat", "completion", "responses"})
"""The models that can answer a prompt."""
INPUT, OUTPUT = "input_cost_per_token", "output_cost_per_token"
_PICO = 12
_SHARE = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class MappedModel:
    """What the map says about one model."""

    name: str
    """The string litellm knows the model by."""
    facts: Mapping[str, Any]
    """The map's own keys and values."""

    def rate(self, key: str, like: str | None = None) -> int | None:
        """The dearest tier of a rate in pico-USD per token, rounded up; None when not given.

        `like` is the rate that this one follows: if only that has dearer tiers, this one
        is at least as high as they are, so that a quote stays an upper bound.
        """
        base = _amount(self.facts.get(key))
        tiers = self._tiers(key)
        if base is None and not tiers:
            return None
        if like is not None and not tiers:
            tiers = self._tiers(like)
        return _ceiling(max(tiers if base is None else [base, *tiers]))

    @property
    def is_tiered(self) -> bool:
        """Whether the price depends on the length of the prompt."""
        return bool(self._tiers(INPUT) or self._tiers(OUTPUT))

    @property
    def per_request(self) -> int | None:
        """pico-USD per request, rounded up; None when not given."""
        amount = _amount(self.facts.get("input_cost_per_request"))
        return None if amount is None else _ceiling(amount)

    @property
    def batch_discount(self) -> Decimal | None:
        """Share surely taken off in the batch API, rounded down; None when not given."""
        shares = [self._batch_share(key) for key in (INPUT, OUTPUT)]
        known = [share for share in shares if share is not None]
        return min(known) if len(known) == len(shares) and min(known) > 0 else None

    def count(self, key: str) -> int | None:
        """A whole, positive number of tokens; None when not given."""
        value = self.facts.get(key)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return None
        return int(value) if value >= 1 and value == int(value) else None

    @property
    def switch_off(self) -> date | None:
        """The day the model is or was switched off, where the map has one."""
        try:
            return date.fromisoformat(self.facts.get("deprecation_date", ""))
        except (TypeError, ValueError):
            return None

    def _tiers(self, key: str) -> list[Decimal]:
        above = re.compile(rf"{key}_above_\d+k_tokens")
        listed = self.facts.get("tiered_pricing") or ()
        values = [v for k, v in self.facts.items() if above.fullmatch(k)]
        values += [tier.get(key) for tier in listed]
        return [amount for value in values if (amount := _amount(value)) is not None]

    def _batch_share(self, key: str) -> Decimal | None:
        full, batch = _amount(self.facts.get(key)), _amount(self.facts.get(f"{key}_batches"))
        if full is None or batch is None:
            return None
        return (1 - batch / full).quantize(_SHARE, ROUND_FLOOR)


def read_map(path: Path) -> Iterator[MappedModel]:
    """The models of the map that can answer a prompt; raises PriceError for another file."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, ValueError) as problem:
        raise PriceError(f"{path}: no price map can be read from it: {problem}") from None
    if not isinstance(entries, dict):
        raise PriceError(f"{path}: a price map is one JSON object with a model for each key")
    for name, facts in entries.items():
        if isinstance(facts, dict) and facts.get("mode") in MODES:
            yield MappedModel(name, facts)


def _amount(value: Any) -> Decimal | None:
    """A price; a zero in the map often means that nobody knows, so it counts as none."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value <= 0:
        return None
    return Decimal(value)


def _ceiling(amount: Decimal) -> int:
    return int(amount.scaleb(_PICO).to_integral_value(ROUND_CEILING))
