"""Where the policies and price tables that come with stepladder lie."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent


def shipped(kind: str) -> Path:
    """The folder of shipped `policies` or `pricing`: in a wheel, or in a source checkout."""
    in_wheel = PACKAGE / "shipped" / kind
    return in_wheel if in_wheel.is_dir() else PACKAGE.parents[1] / kind
