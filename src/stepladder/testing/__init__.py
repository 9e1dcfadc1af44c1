"""For tests of one's own pipeline: annotators that need no model, and a provider that is a fake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stepladder.annotators.function import FunctionAnnotator as FunctionAnnotator
    from stepladder.annotators.recorded import RecordedAnnotator as RecordedAnnotator
    from stepladder.annotators.scripted import ScriptedAnnotator as ScriptedAnnotator
    from stepladder.testing.behaviour import Behaviour as Behaviour
    from stepladder.testing.bill import Bill as Bill
    from stepladder.testing.bill import Purchase as Purchase
    from stepladder.testing.faults import Fault as Fault
    from stepladder.testing.faults import Kind as Kind
    from stepladder.testing.interruptions import Outage as Outage
    from stepladder.testing.interruptions import SlowStart as SlowStart
    from stepladder.testing.latency import LogNormal as LogNormal
    from stepladder.testing.latency import Uniform as Uniform
    from stepladder.testing.limits import Limits as Limits
    from stepladder.testing.provider import FakeProvider as FakeProvider
    from stepladder.testing.recording import Recording as Recording
    from stepladder.testing.stats import Stats as Stats

_HOMES = {
    "Behaviour": "stepladder.testing.behaviour",
    "Bill": "stepladder.testing.bill",
    "FakeProvider": "stepladder.testing.provider",
    "Fault": "stepladder.testing.faults",
    "FunctionAnnotator": "stepladder.annotators.function",
    "Kind": "stepladder.testing.faults",
    "Limits": "stepladder.testing.limits",
    "LogNormal": "stepladder.testing.latency",
    "Outage": "stepladder.testing.interruptions",
    "Purchase": "stepladder.testing.bill",
    "RecordedAnnotator": "stepladder.annotators.recorded",
    "Recording": "stepladder.testing.recording",
    "ScriptedAnnotator": "stepladder.annotators.scripted",
    "SlowStart": "stepladder.testing.interruptions",
    "Stats": "stepladder.testing.stats",
    "Uniform": "stepladder.testing.latency",
}
__all__ = [
    "Behaviour",
    "Bill",
    "FakeProvider",
    "Fault",
    "FunctionAnnotator",
    "Kind",
    "Limits",
    "LogNormal",
    "Outage",
    "Purchase",
    "RecordedAnnotator",
    "Recording",
    "ScriptedAnnotator",
    "SlowStart",
    "Stats",
    "Uniform",
]


def __getattr__(name: str) -> Any:
    """The public classes, imported when first used: a fake provider must start at once."""
    if name not in _HOMES:
        raise AttributeError(f"module 'stepladder.testing' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
