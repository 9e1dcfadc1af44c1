"""What a fake provider charges, as it goes along; memory grows with models, not with requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from stepladder.testing.protocol import Asked
from stepladder.testing.written import Tokens


class Prompt(NamedTuple):
    """What was bought."""

    model: str
    text: str
    sample: int


@dataclass(slots=True)
class Account:
    """A running sum of charges; the fields are those of Usage."""

    input: int = 0
    cached_input: int = 0
    output: int = 0
    reasoning: int = 0
    requests: int = 0

    def add(self, tokens: Tokens) -> None:
        """One more charged request."""
        self.input += tokens.prompt - tokens.cached
        self.cached_input += tokens.cached
        self.output += tokens.completion - tokens.reasoning
        self.reasoning += tokens.reasoning
        self.requests += 1


class Books:
    """Charges by model, and by prompt where they are to be kept."""

    def __init__(self, *, keep_purchases: bool) -> None:
        self._models: defaultdict[str, Account] = defaultdict(Account)
        self._purchases: defaultdict[Prompt, Account] | None = (
            defaultdict(Account) if keep_purchases else None
        )

    def charge(self, asked: Asked, tokens: Tokens) -> None:
        """One request."""
        self._models[asked.model].add(tokens)
        if self._purchases is not None:
            self._purchases[Prompt(asked.model, asked.text, asked.sample)].add(tokens)

    @property
    def prompt_tokens(self) -> int:
        """Charged for prompts, of any kind."""
        return sum(one.input + one.cached_input for one in self._models.values())

    @property
    def completion_tokens(self) -> int:
        """Charged for answers, of any kind."""
        return sum(one.output + one.reasoning for one in self._models.values())

    def bill(self) -> dict[str, Any]:
        """Charges by model."""
        return {model: asdict(account) for model, account in self._models.items()}

    def purchases(self) -> list[dict[str, Any]]:
        """Charges by prompt."""
        kept: Mapping[Prompt, Account] = self._purchases or {}
        return [{**key._asdict(), "usage": asdict(account)} for key, account in kept.items()]
