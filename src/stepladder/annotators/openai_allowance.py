"""A provider's limits, out of the headers of its replies."""

from __future__ import annotations

from collections.abc import Mapping

from stepladder.annotators.base import Allowance

REQUESTS = "x-ratelimit-limit-requests"
TOKENS = "x-ratelimit-limit-tokens"
"""Limits per minute, as OpenAI and Azure state them.

Groq states its requests by the day: as a limit by the minute that is no limit, and its
refusals teach the rest.
"""


def read_allowance(headers: Mapping[str, str]) -> Allowance | None:
    """The limits that the headers state; None where they state none, or nonsense."""
    requests, tokens = headers.get(REQUESTS), headers.get(TOKENS)
    if requests is None and tokens is None:
        return None
    return Allowance(_count(requests), _count(tokens))


def _count(stated: str | None) -> int | None:
    if stated is None or not (stated.isascii() and stated.isdigit() and len(stated) < 16):
        return None
    return int(stated) or None
