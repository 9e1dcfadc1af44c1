"""Tokens by kind: what an attempt used, or may use at most."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens by kind; the kinds do not overlap, so each is billed once."""

    input: int = 0
    """Prompt tokens neither read from nor written to a cache."""
    cached_input: int = 0
    """Prompt tokens that the provider read from its cache."""
    cache_write: int = 0
    """Prompt tokens that the provider wrote to its cache."""
    output: int = 0
    """Answer tokens, reasoning left out."""
    reasoning: int = 0
    """Tokens of hidden reasoning."""
    requests: int = 1
    """Requests sent."""

    @property
    def tokens(self) -> int:
        """All tokens of all kinds."""
        return self.input + self.cached_input + self.cache_write + self.output + self.reasoning

    @property
    def prompt_tokens(self) -> int:
        """All tokens that were read."""
        return self.input + self.cached_input + self.cache_write

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input + other.input,
            self.cached_input + other.cached_input,
            self.cache_write + other.cache_write,
            self.output + other.output,
            self.reasoning + other.reasoning,
            self.requests + other.requests,
        )


UNUSED = Usage(requests=0)
"""Nothing was asked."""
