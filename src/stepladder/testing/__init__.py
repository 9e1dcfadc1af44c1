"""For tests of one's own pipeline: annotators that need no model, and a provider that is a fake."""

from stepladder.annotators.function import FunctionAnnotator
from stepladder.annotators.recorded import RecordedAnnotator
from stepladder.annotators.scripted import ScriptedAnnotator
from stepladder.testing.behaviour import Behaviour, Billing
from stepladder.testing.provider import FakeProvider
from stepladder.testing.stats import Stats

__all__ = [
    "Behaviour",
    "Billing",
    "FakeProvider",
    "FunctionAnnotator",
    "RecordedAnnotator",
    "ScriptedAnnotator",
    "Stats",
]
