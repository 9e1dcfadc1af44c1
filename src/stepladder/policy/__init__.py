"""policy.toml: annotators, tiers, accept rules, budgets."""

from stepladder.policy.accept import Accept
from stepladder.policy.annotators import (
    AnnotatorSpec,
    CustomSpec,
    HumanSpec,
    LitellmSpec,
    LocalSpec,
    ModelSpec,
    OpenAISpec,
    RecordedSpec,
    ScriptedSpec,
    WhenDown,
)
from stepladder.policy.asking import asked_as, confidence_of, correction_of, draws_of
from stepladder.policy.confidence import ConfidenceSpec, Correction
from stepladder.policy.evidence import Evidence, Promised
from stepladder.policy.load import load_policy
from stepladder.policy.moved import moved, moved_path
from stepladder.policy.schema import Budget, Calibration, Deliver, Fitted, Policy, Tier

__all__ = [
    "Accept",
    "AnnotatorSpec",
    "Budget",
    "Calibration",
    "ConfidenceSpec",
    "Correction",
    "CustomSpec",
    "Deliver",
    "Evidence",
    "Fitted",
    "HumanSpec",
    "LitellmSpec",
    "LocalSpec",
    "ModelSpec",
    "OpenAISpec",
    "Policy",
    "Promised",
    "RecordedSpec",
    "ScriptedSpec",
    "Tier",
    "WhenDown",
    "asked_as",
    "confidence_of",
    "correction_of",
    "draws_of",
    "load_policy",
    "moved",
    "moved_path",
]
