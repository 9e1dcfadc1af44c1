"""What a fake provider can get wrong."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """What a fault is about; one request meets at most one fault of each kind."""

    REPLY = "reply"
    """The reply itself: refused, broken, or never sent."""
    USAGE = "usage"
    """What the usage says, and what is charged."""
    ANSWER = "answer"
    """What the model says."""


class Fault(StrEnum):
    """One thing that goes wrong.

    Faults of different kinds meet in one reply: a refusal may have no usage.
    A fault of the reply hides the others when it leaves no answer to read.
    """

    RATE_LIMITED = "rate_limited"
    """429, though within the limits."""
    NO_CREDIT = "no_credit"
    """429 with the code `insufficient_quota`."""
    UNAUTHORIZED = "unauthorized"
    """401."""
    FAILING = "failing"
    """500."""
    BAD_GATEWAY = "bad_gateway"
    """502."""
    UNAVAILABLE = "unavailable"
    """503."""
    GATEWAY_TIMEOUT = "gateway_timeout"
    """504, after the work was done: charged."""
    OVERLOADED = "overloaded"
    """529."""
    RESET = "reset"
    """The connection is reset before any byte, and nothing was done."""
    RESET_AFTER_WORK = "reset_after_work"
    """The connection is reset before any byte, after the work was done: charged."""
    HANGING = "hanging"
    """Not even a header, ever: charged."""
    HANGING_MIDWAY = "hanging_midway"
    """The header and half of the body, then nothing: charged."""
    TRUNCATED = "truncated"
    """Half of the body, then the connection is closed: charged."""
    MALFORMED = "malformed"
    """A whole reply whose JSON is cut off: charged."""
    WRONG_SHAPE = "wrong_shape"
    """Valid JSON, but none of the protocol: charged."""
    HTML = "html"
    """An error page in HTML with status 200: charged."""
    GZIP_BOMB = "gzip_bomb"
    """Half a megabyte of gzip, unasked for, that inflates to 512 MiB: charged."""

    USAGE_MISSING = "usage_missing"
    """No usage; charged truly."""
    USAGE_ZERO = "usage_zero"
    """Zero tokens; charged truly."""
    USAGE_NEGATIVE = "usage_negative"
    """Counts below zero; charged truly."""
    USAGE_UNDERFLOW = "usage_underflow"
    """Counts below zero as unsigned 64 bits have them, just below 2**64; charged truly."""
    USAGE_MISTYPED = "usage_mistyped"
    """Counts as text; charged truly."""
    USAGE_ABSURD = "usage_absurd"
    """Far more than the request allowed, reported and charged."""
    USAGE_HIDDEN = "usage_hidden"
    """The true usage reported, far more than the request allowed charged."""

    REFUSAL = "refusal"
    """The `refusal` field set, the content null; a completion refuses in words."""
    REFUSAL_IN_WORDS = "refusal_in_words"
    """A refusal as the content."""
    FILTERED = "filtered"
    """No content, `finish_reason` `content_filter`."""
    OFF_LIST = "off_list"
    """A word that is no label."""
    EMPTY = "empty"
    """An empty content."""
    FOREIGN = "foreign"
    """Another language, another script, or an emoji."""
    LONG = "long"
    """2,000 words, cut off at the request's cap."""
    HUGE = "huge"
    """A content of 10 MB in spite of the cap; one word, so charged as one token."""

    @property
    def kind(self) -> Kind:
        """What it is about."""
        if self.value.startswith("usage_"):
            return Kind.USAGE
        return Kind.ANSWER if self in ANSWERS else Kind.REPLY

    @property
    def charged(self) -> bool:
        """Whether a request that meets it is charged."""
        return self not in FREE


ANSWERS = frozenset(
    {
        Fault.REFUSAL,
        Fault.REFUSAL_IN_WORDS,
        Fault.FILTERED,
        Fault.OFF_LIST,
        Fault.EMPTY,
        Fault.FOREIGN,
        Fault.LONG,
        Fault.HUGE,
    }
)
"""Faults of what the model says."""
STATUSES: Mapping[Fault, int] = {
    Fault.RATE_LIMITED: 429,
    Fault.NO_CREDIT: 429,
    Fault.UNAUTHORIZED: 401,
    Fault.FAILING: 500,
    Fault.BAD_GATEWAY: 502,
    Fault.UNAVAILABLE: 503,
    Fault.GATEWAY_TIMEOUT: 504,
    Fault.OVERLOADED: 529,
}
"""Faults that are an HTTP status."""
FREE = frozenset({*STATUSES, Fault.RESET}) - {Fault.GATEWAY_TIMEOUT}
"""Faults that no known provider charges for."""
