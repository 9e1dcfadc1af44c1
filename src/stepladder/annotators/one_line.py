"""What a provider said, short and on one line, fit to stand in an error message."""

from __future__ import annotations

SHOWN = 300
"""Characters kept."""


def in_words(value: object) -> str:
    """Any value that JSON can hold as text."""
    try:
        return str(value)
    except RecursionError:
        return "(nested too deeply to be shown)"


def one_line(said: str, secret: str = "") -> str:
    """The words without line breaks, control characters and the secret, shortened."""
    if secret:
        said = said.replace(secret, "***")
    shown = " ".join("".join(c if c.isprintable() else " " for c in said[: 10 * SHOWN]).split())
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"
