"""Where the installed litellm keeps its data files, found without importing it (4 seconds)."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path


def litellm_folder() -> Path | None:
    """The folder of the installed litellm; None when it is not installed."""
    spec = find_spec("litellm")
    return None if spec is None or spec.origin is None else Path(spec.origin).parent


def litellm_version() -> str:
    """The version of the installed litellm."""
    try:
        return version("litellm")
    except PackageNotFoundError:
        return "of unknown version"
