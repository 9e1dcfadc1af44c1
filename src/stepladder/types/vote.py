"""One annotator's answer to one candidate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from stepladder.types.draw import BASE
from stepladder.types.money import NOTHING, Usd
from stepladder.types.usage import Usage


class Source(StrEnum):
    """Where a raw confidence came from; sources are never mixed."""

    TOKEN_PROBABILITIES = "token_probabilities"
    """What the model thought of the first token of each label."""
    SAMPLES = "samples"
    """How often each label came when the same prompt was asked several times."""
    VARIANTS = "variants"
    """How often each label came under other wordings of the prompt: simulated annotators."""
    STATED = "stated"
    """What the annotator says of itself."""
    NONE = "none"
    """A label, and nothing else."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """What the annotator believed, raw: not yet a probability one may rely on."""

    source: Source = Source.NONE
    """Where it came from."""
    by_label: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Raw confidence by label, 0 to 1; empty when the source is `none`."""


NO_CONFIDENCE = Confidence()
"""An annotator that only names a label."""


class Reason(StrEnum):
    """Why a vote carries no label."""

    OFF_LIST = "off_list"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Labelled:
    """The annotator named one of the task's labels."""

    label: str


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """The annotator gave no label: a failure, which is never an answer."""

    reason: Reason
    detail: str = ""
    """What was said or went wrong, shortened."""


Outcome = Labelled | Unlabelled


@dataclass(frozen=True, slots=True)
class Vote:
    """One annotator's answer to one question about one candidate, with its cost."""

    annotator: str
    """The annotator's name in the policy."""
    outcome: Outcome
    confidence: Confidence = NO_CONFIDENCE
    usage: Usage = Usage()
    """Tokens of all attempts that led to this vote."""
    cost: Usd = NOTHING
    """Money of all attempts that led to this vote."""
    model: str = ""
    """The model version that the provider says answered."""
    text: str = ""
    """The answer as it came, shortened."""
    variant: str = BASE
    """Which wording of the prompt was used."""
    sample: int = 0
    """Which of several repeated samples this is."""
    key: str = ""
    """Digest of prompt, model, parameters, variant and sample: what may be reused."""
    seconds: float = 0.0
    """Time from sending to answer, of the last attempt."""

    @property
    def label(self) -> str | None:
        """The label, or None when the annotator gave none."""
        # No match: it is asked for a dozen times in a candidate's life.
        return self.outcome.label if isinstance(self.outcome, Labelled) else None

    @property
    def answered(self) -> bool:
        """Whether there was an answer at all, with a label or without: an error is none."""
        outcome = self.outcome
        return not (isinstance(outcome, Unlabelled) and outcome.reason is Reason.ERROR)
