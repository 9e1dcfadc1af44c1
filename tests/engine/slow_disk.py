"""A disk that takes its time over one table."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from stepladder.ledger.addition import Addition
from stepladder.ledger.pen import Pen


def held_up(monkeypatch: pytest.MonkeyPatch, table: str) -> threading.Event:
    """Rows for the table are not written before this is set; after 10 seconds they are."""
    gate, add = threading.Event(), Pen.add

    def slow(self: Pen, additions: Sequence[Addition]) -> None:
        if any(addition.table.name == table for addition in additions):
            gate.wait(10)
        add(self, additions)

    monkeypatch.setattr(Pen, "add", slow)
    return gate
