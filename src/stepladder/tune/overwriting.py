"""What a tuned policy may be written over: nothing, or another one."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stepladder.errors import UserError
from stepladder.tune.writing import fit_path

OURS = frozenset({"evidence", "learnt_from"})
"""Keys by which a policy and a fit are known to come from a tuning."""


def check_overwriting(out: Path) -> None:
    """Raise UserError where a policy or a fit would replace what no tuning has written."""
    _check(out, tomllib.loads)
    _check(fit_path(out), json.loads)


def _check(path: Path, loads: Callable[[str], Any]) -> None:
    if path.exists() and path.stat().st_size and not OURS & _keys(path, loads):
        raise UserError(f"{path}: exists and was not written by `tune`; name another --out")


def _keys(path: Path, loads: Callable[[str], Any]) -> frozenset[str]:
    """Those that a file begins with; none where it cannot be read."""
    try:
        return frozenset(loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return frozenset()
