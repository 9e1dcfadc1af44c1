"""Rows of gold that are worth fewer, in words."""

from __future__ import annotations


def worth_less(rows: int, worth: float) -> str:
    """What follows a number of rows that are worth so many of equal weight; or nothing."""
    return f", of unequal weight and worth {worth:.0f}" if worth < rows - 0.5 else ""
