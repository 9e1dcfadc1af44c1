"""An HTTP status that is no success, as one of our errors.

What a failure is taken to cost: nothing, for whatever a provider refuses or
says it could not do, since none of the known ones bills for it. Unknown, so
settled at the quote, where somebody in between gave up waiting for an answer
that may have been made and billed: 408, 504, 520, 524.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from stepladder.annotators.one_line import in_words, one_line
from stepladder.errors import (
    AnnotatorError,
    CredentialsError,
    PromptTooLongError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
)

GAVE_UP_WAITING = frozenset({408, 504, 520, 524})
"""Statuses after which nobody knows whether the call was billed."""
MAY_PASS = frozenset({408, 409, 425})
"""Statuses below 500 that another attempt may not meet."""
OVERLOADED = 529
"""Anthropic's word for: too many requests, of all users together."""
TOO_LONG_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error"})
NO_CREDIT_CODES = frozenset({"insufficient_quota", "billing_not_active"})

_TOO_LONG = re.compile(
    r"maximum context length|context (length|size|window)|prompt is too long"
    r"|input is too long|too many (input )?tokens|tokens\W.*must be <=",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Who was asked, for messages; never shows its key."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    """The API key, which no message may contain."""
    key_from: str = ""
    """The environment variable that the key came from."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the body of a failure says."""

    message: str
    codes: frozenset[str] = frozenset()
    """Its `code` and `type`."""

    @property
    def too_long(self) -> bool:
        """Whether it says that the prompt exceeds the context window."""
        return bool(self.codes & TOO_LONG_CODES) or bool(_TOO_LONG.search(self.message[:2000]))


def failure(
    status: int, headers: Mapping[str, str], body: bytes, endpoint: Endpoint
) -> AnnotatorError:
    """The error that this reply amounts to."""
    complaint = read_complaint(body)
    said = f"{endpoint.url} answered {status}: {one_line(complaint.message, endpoint.key)}"
    if status in (401, 402, 403) or complaint.codes & NO_CREDIT_CODES:
        whose = f"the key in {endpoint.key_from}" if endpoint.key_from else "a request without key"
        return CredentialsError(f"{whose} was refused: {said}", free=True)
    if status == 413 or (status in (400, 422, 500) and complaint.too_long):
        return PromptTooLongError(said, free=True)
    if status == 404:
        return RejectedError(f"no model {endpoint.model!r}, or a wrong base_url: {said}", free=True)
    if status < 500 and status not in MAY_PASS | {429}:
        return RejectedError(said, free=True)
    wait = retry_after(headers)
    # Overloaded for everybody, or for a stated time: fewer requests help, as with a 429.
    slower = status in (429, OVERLOADED) or (status == 503 and wait is not None)
    kind = RateLimitedError if slower else UnavailableError
    return kind(said, free=status not in GAVE_UP_WAITING, retry_after=wait)


def read_complaint(body: bytes) -> Complaint:
    """What a failure's body says, in any of the forms in use; its text where it has none."""
    try:
        table = orjson.loads(body)
    except ValueError:
        return Complaint(body.decode(errors="replace"))
    inner = table.get("error", table) if isinstance(table, dict) else table
    if not isinstance(inner, dict):
        return Complaint(in_words(inner))
    message = inner.get("message") or inner.get("detail") or inner
    return Complaint(in_words(message), frozenset(_codes(inner)))


def _codes(table: Mapping[str, Any]) -> list[str]:
    return [in_words(table[name]) for name in ("code", "type") if table.get(name)]


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds the provider asks us to wait: from a number, or from an HTTP date."""
    said = headers.get("Retry-After", "").strip()
    try:
        seconds = float(said)
    except ValueError:
        return _until(said)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _until(date: str) -> float | None:
    try:
        when = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
