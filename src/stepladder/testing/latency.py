"""How long a fake provider takes to reply."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from statistics import NormalDist

_STANDARD = NormalDist()


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Most replies near the median, a few far above it: what real providers look like."""

    median: float
    """Seconds that half of the replies stay below."""
    sigma: float
    """Standard deviation of the logarithm; 0.5 puts one reply in 43 beyond e times the median."""

    def __post_init__(self) -> None:
        if not (self.median > 0 and self.sigma >= 0):
            raise ValueError("latency: median more than 0 seconds, sigma at least 0")

    def seconds(self, drawn: float) -> float:
        """The latency at this quantile."""
        quantile = min(max(drawn, 1e-12), 1 - 1e-12)
        return self.median * exp(self.sigma * _STANDARD.inv_cdf(quantile))


@dataclass(frozen=True, slots=True)
class Uniform:
    """Anything between two bounds."""

    least: float
    """Seconds."""
    most: float
    """Seconds."""

    def __post_init__(self) -> None:
        if not 0 <= self.least <= self.most:
            raise ValueError("latency: least from 0 seconds, most at least as much")

    def seconds(self, drawn: float) -> float:
        """The latency at this quantile."""
        return self.least + drawn * (self.most - self.least)


Latency = float | LogNormal | Uniform
"""Seconds, always the same or from a distribution."""
