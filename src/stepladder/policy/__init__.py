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
from stepladder.policy.confidence import ConfidenceSpec, Correction
from stepladder.policy.load import load_policy
from stepladder.policy.schema import Budget, Calibration, Policy, Tier

__all__ = [
    "Accept",
    "AnnotatorSpec",
    "Budget",
    "Calibration",
    "ConfidenceSpec",
    "Correction",
    "CustomSpec",
    "HumanSpec",
    "LitellmSpec",
    "LocalSpec",
    "ModelSpec",
    "OpenAISpec",
    "Policy",
    "RecordedSpec",
    "ScriptedSpec",
    "Tier",
    "WhenDown",
    "load_policy",
]
