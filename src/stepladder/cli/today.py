"""The day whose prices count."""

from __future__ import annotations

from datetime import UTC, date, datetime


def today() -> date:
    """Today, everywhere the same."""
    return datetime.now(UTC).date()
