"""What the draws of one annotator amount to, as its tier takes confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stepladder.confidence.agreement import agreement
from stepladder.policy import ConfidenceSpec
from stepladder.types import NO_CONFIDENCE, Source, Vote


def combined(drawn: Sequence[Vote], spec: ConfidenceSpec | None, labels: Sequence[str]) -> Vote:
    """The annotator's one vote; it is derived, and the ledger keeps its draws alone."""
    if spec is None:
        return drawn[0]
    if spec.drawn:
        return agreement(drawn, spec.source, labels)
    # A user's own annotator gives what it likes: a tier without confidence takes none.
    return replace(drawn[0], confidence=NO_CONFIDENCE) if spec.source is Source.NONE else drawn[0]
