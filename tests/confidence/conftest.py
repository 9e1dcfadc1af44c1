"""What all tests of this room need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """As `fit_gold` does: small problems take five times as long with more threads."""
    with threadpool_limits(1):
        yield
