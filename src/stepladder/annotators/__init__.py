"""Whoever answers, in one call shape: models, people, recordings, and a user's own code."""

from stepladder.annotators.base import Allowance, Annotator, Answer, Reply, Waiting
from stepladder.annotators.build import build_annotators
from stepladder.annotators.function import FunctionAnnotator, LabelFunction
from stepladder.annotators.guarded import Guarded
from stepladder.annotators.human import HumanAnnotator
from stepladder.annotators.limited import Limited
from stepladder.annotators.recorded import RecordedAnnotator
from stepladder.annotators.retrying import Retrying
from stepladder.annotators.scripted import ScriptedAnnotator
from stepladder.annotators.wrapper import Wrapper

__all__ = [
    "Allowance",
    "Annotator",
    "Answer",
    "FunctionAnnotator",
    "Guarded",
    "HumanAnnotator",
    "LabelFunction",
    "Limited",
    "RecordedAnnotator",
    "Reply",
    "Retrying",
    "ScriptedAnnotator",
    "Waiting",
    "Wrapper",
    "build_annotators",
]
