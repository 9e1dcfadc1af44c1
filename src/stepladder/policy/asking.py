"""What a tier's `confidence` means for those it asks: how they are asked, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from stepladder.errors import PolicyError
from stepladder.policy.annotators import (
    AnnotatorSpec,
    CustomSpec,
    HumanSpec,
    ModelSpec,
    RecordedSpec,
    ScriptedSpec,
)
from stepladder.policy.confidence import ConfidenceSpec, Correction
from stepladder.task import Task
from stepladder.task.variants import variants
from stepladder.types import BASE, FIRST, Draw, Source

if TYPE_CHECKING:
    from stepladder.policy.schema import Policy

FEWEST = 2
"""Wordings without which there is nothing that could agree."""


def confidence_of(policy: Policy, name: str) -> ConfidenceSpec | None:
    """What the annotator's tier says of confidence; None to leave it to the annotator."""
    return next((tier.confidence for tier in policy.tiers if name in tier.ask), None)


def correction_of(policy: Policy, name: str) -> Correction:
    """What is taken out of the annotator's token probabilities before they are calibrated."""
    spec = confidence_of(policy, name)
    return Correction.NONE if spec is None else spec.correct


def asked_as(policy: Policy, name: str) -> AnnotatorSpec:
    """The annotator as its tier has it asked: it decides the requests and so their keys.

    Replies that are counted, samples and variants, carry no confidence of their own.
    """
    spec, confidence = policy.annotators[name], confidence_of(policy, name)
    if confidence is None or not isinstance(spec, ModelSpec):
        return spec
    match confidence.source:
        case Source.SAMPLES:
            changed = {"confidence": Source.NONE, "temperature": confidence.temperature}
        case Source.VARIANTS:
            changed = {"confidence": Source.NONE}
        case Source.TOKEN_PROBABILITIES | Source.STATED | Source.NONE:
            changed = {"confidence": confidence.source}
        case _:
            assert_never(confidence.source)
    return spec.model_copy(update=changed)


def draws_of(policy: Policy, task: Task, name: str) -> tuple[Draw, ...]:
    """The draws that one vote of the annotator is made of, at least one.

    Of variants there may be fewer than the tier asks for; raises PolicyError when there are
    none but the task's own wording.
    """
    confidence = confidence_of(policy, name)
    if confidence is None or not confidence.drawn:
        return (FIRST,)
    if confidence.source is Source.SAMPLES:
        return tuple(Draw(BASE, sample) for sample in range(confidence.draws))
    found = variants(task, confidence.vary, confidence.draws)
    if len(found) < FEWEST:
        raise PolicyError(
            f"confidence of {name!r}: the task has no variants of kind "
            f"{' or '.join(confidence.vary)}; add paraphrases or a second example to it, "
            "or let the options vary"
        )
    return tuple(Draw(one.name) for one in found)


def problem_with_confidence(
    name: str, spec: AnnotatorSpec, confidence: ConfidenceSpec
) -> str | None:
    """Why confidence from that source cannot be had of the annotator, or None."""
    source = confidence.source
    if source is Source.NONE:
        return None
    match spec:
        case HumanSpec():
            return f"{name!r} is a person, whose word is final; leave it out"
        case RecordedSpec():
            return f"{name!r} repeats a recording, with what it holds of confidence; leave it out"
        case CustomSpec() | ScriptedSpec() if not confidence.drawn:
            return (
                f"{name!r} is of kind {spec.kind!r} and cannot be asked for {source.value}; "
                "name samples, variants or none, or leave it out"
            )
        case _:
            return None
