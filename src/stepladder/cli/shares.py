"""Shares and p-values as people and programs read them."""

from __future__ import annotations

from typing import Any

from stepladder.audit.share import Share


def with_interval(share: Share) -> str:
    """Such as `10.0% (5 of 50; 95 % interval 4.3% to 21.4%)`; `none` of nothing."""
    interval = share.interval
    if share.value is None or interval is None:
        return "none"
    return (
        f"{share.value:.1%} ({share.count:,} of {share.total:,}; "
        f"95 % interval {interval.low:.1%} to {interval.high:.1%})"
    )


def plainly_of(share: Share) -> str:
    """Such as `10.0% of 50`; empty of nothing."""
    return "" if share.value is None else f"{share.value:.1%} of {share.total:,}"


def shown_p(p_value: float) -> str:
    """Such as `p = 0.031`, or `p < 0.001`."""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"


def share_figures(share: Share) -> dict[str, Any]:
    """The same as JSON; null for what nothing has."""
    interval = share.interval
    return {
        "count": share.count,
        "of": share.total,
        "share": share.value,
        "low": None if interval is None else interval.low,
        "high": None if interval is None else interval.high,
    }
