"""For tests of one's own pipeline: annotators that need no model, and a provider that is a fake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stepladder.annotators.function import FunctionAnnotator as FunctionAnnotator
    from stepladder.annotators.recorded import RecordedAnnotator as RecordedAnnotator
    from stepladder.annotators.scripted import ScriptedAnnotator as ScriptedAnnotator
    from stepladder.testing.behaviour import Behaviour as Behaviour
    from stepladder.testing.behaviour import Billing as Billing
    from stepladder.testing.provider import FakeProvider as FakeProvider
    from stepladder.testing.stats import Stats as Stats

_HOMES = {
    "Behaviour": "stepladder.testing.behaviour",
    "Billing": "stepladder.testing.behaviour",
    "FakeProvider": "stepladder.testing.provider",
    "FunctionAnnotator": "stepladder.annotators.function",
    "RecordedAnnotator": "stepladder.annotators.recorded",
    "ScriptedAnnotator": "stepladder.annotators.scripted",
    "Stats": "stepladder.testing.stats",
}
__all__ = [
    "Behaviour",
    "Billing",
    "FakeProvider",
    "FunctionAnnotator",
    "RecordedAnnotator",
    "ScriptedAnnotator",
    "Stats",
]


def __getattr__(name: str) -> Any:
    """The public classes, imported when first used: a fake provider must start at once."""
    if name not in _HOMES:
        raise AttributeError(f"module 'stepladder.testing' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
