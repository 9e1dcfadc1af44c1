"""Where a tier takes its annotators' confidence from, and what it pays for that."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from pydantic import Field, model_validator

from stepladder.strict_toml import KeyedError, Settings
from stepladder.task.variants import Kind
from stepladder.types import Source


class Correction(StrEnum):
    """What is taken out of token probabilities before they are calibrated."""

    NONE = "none"
    """Nothing."""
    CONTEXTUAL = "contextual"
    """What the model says to a text without content: three more calls a run."""
    BATCH = "batch"
    """What the model says on average over the calibration rows: no more calls."""


DRAWN = frozenset({Source.SAMPLES, Source.VARIANTS})
"""Sources that need several draws for one vote."""


class ConfidenceSpec(Settings):
    """A source of confidence; each draw is a call that the quote knows."""

    source: Source
    """token_probabilities, samples, variants, stated or none."""
    draws: int = Field(default=5, ge=2, le=100)
    """How often each annotator is asked about a candidate, for samples and variants."""
    temperature: Decimal = Field(default=Decimal("0.7"), gt=0, le=2)
    """Sampling temperature of samples."""
    vary: tuple[Kind, ...] = Field(default=tuple(Kind), min_length=1)
    """What variants change: paraphrases, options, examples."""
    correct: Correction = Correction.NONE
    """For token probabilities: contextual or batch calibration."""

    @property
    def drawn(self) -> bool:
        """Whether one vote is made of several draws."""
        return self.source in DRAWN

    @model_validator(mode="after")
    def _fits_its_source(self) -> ConfidenceSpec:
        for key, sources in KEYS_OF.items():
            if key in self.model_fields_set and self.source not in sources:
                named = " or ".join(sorted(sources))
                raise KeyedError(f"only for source {named}, not {self.source.value}", key)
        return self


KEYS_OF = {
    "draws": DRAWN,
    "temperature": frozenset({Source.SAMPLES}),
    "vary": frozenset({Source.VARIANTS}),
    "correct": frozenset({Source.TOKEN_PROBABILITIES}),
}
"""Which keys belong to which sources."""
