"""stepladder labels data with many annotators of different price and skill, inside a budget.

::

    from stepladder import Oracle

    labels = Oracle.from_files(task="task.toml", policy="policy.toml").label(texts)
    labels.y, labels.ok, labels.proba, labels.status, labels.cost
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stepladder.labels import Labels as Labels
    from stepladder.oracle import Oracle as Oracle

__all__ = ["Labels", "Oracle"]

_HOMES = {"Labels": "stepladder.labels", "Oracle": "stepladder.oracle"}


def __getattr__(name: str) -> Any:
    """The public classes, imported when first used: the command line must start at once."""
    if name not in _HOMES:
        raise AttributeError(f"module 'stepladder' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
