"""A policy for another folder than it was read from."""

from __future__ import annotations

import os
from pathlib import Path

from stepladder.policy.annotators import AnnotatorSpec, HumanSpec, LocalSpec, RecordedSpec
from stepladder.policy.schema import Policy


def moved_path(name: str, origin: Path, destination: Path) -> str:
    """A path of the one folder as a path of the other; one that begins elsewhere stays."""
    if name.startswith("~") or Path(name).is_absolute():
        return name
    target = origin.resolve() / name
    try:
        return Path(os.path.relpath(target, destination.resolve())).as_posix()
    except ValueError:  # Another drive.
        return str(target)


def moved(policy: Policy, origin: Path, destination: Path) -> Policy:
    """The policy whose relative paths lead from one folder to the same files as from the other."""
    if origin.resolve() == destination.resolve():
        return policy
    annotators = {
        name: _annotator(spec, origin, destination) for name, spec in policy.annotators.items()
    }
    prices = tuple(moved_path(name, origin, destination) for name in policy.prices)
    return policy.model_copy(update={"annotators": annotators, "prices": prices})


def _annotator(spec: AnnotatorSpec, origin: Path, destination: Path) -> AnnotatorSpec:
    match spec:
        case HumanSpec(answers=str(answers)):
            changed = {"answers": moved_path(answers, origin, destination)}
        case RecordedSpec(recording=recording):
            changed = {"recording": moved_path(recording, origin, destination)}
        case LocalSpec(model=model) if model.lower().endswith(".gguf"):
            changed = {"model": moved_path(model, origin, destination)}
        case _:
            return spec
    return spec.model_copy(update=changed)
