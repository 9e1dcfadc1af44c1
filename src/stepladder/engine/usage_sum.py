"""Sums of tokens over very many candidates."""

from __future__ import annotations

from collections.abc import Callable

from stepladder.types import Usage


class UsageSum:
    """Adds up usage in place: a new `Usage` for every candidate would take most of the time."""

    __slots__ = ("cache_write", "cached_input", "input", "output", "reasoning", "requests")

    def __init__(self) -> None:
        self.input = self.cached_input = self.cache_write = 0
        self.output = self.reasoning = self.requests = 0

    def add(self, usage: Usage, times: int = 1) -> None:
        """Count it in so many times; -1 takes it out again."""
        self.input += usage.input * times
        self.cached_input += usage.cached_input * times
        self.cache_write += usage.cache_write * times
        self.output += usage.output * times
        self.reasoning += usage.reasoning * times
        self.requests += usage.requests * times

    def times(self, factor: int) -> Usage:
        """The sum, so many times."""
        return self._map(lambda kind: getattr(self, kind) * factor)

    def in_proportion(self, whole: UsageSum, part: UsageSum) -> Usage:
        """The sum over `part` as it would be over `whole`, kind by kind, rounded."""

        def grown(kind: str) -> int:
            mine: int = getattr(self, kind)
            of: int = getattr(part, kind)
            all_of: int = getattr(whole, kind)
            return (mine * all_of + of // 2) // of if of else mine

        return self._map(grown)

    def _map(self, figure: Callable[[str], int]) -> Usage:
        return Usage(**{kind: figure(kind) for kind in self.__slots__})
