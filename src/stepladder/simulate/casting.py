"""Who in a recording speaks for whom in a policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stepladder.engine.combining import combined
from stepladder.errors import PolicyError
from stepladder.nearest import did_you_mean
from stepladder.policy import AnnotatorSpec, ConfidenceSpec, ModelSpec, Policy, RecordedSpec
from stepladder.recording import RecordedRow
from stepladder.types import BASE, Source, Vote

FEWEST_DRAWS = 2
"""Without which a vote under samples or variants cannot be made."""


def cast(policy: Policy, recorded: Mapping[str, int]) -> Mapping[str, str]:
    """By name in the policy, the name in the recording of everybody asked but people.

    The same name first, then the annotator that a recorded one repeats, then the model's name.
    Raises PolicyError where nobody in the recording fits.
    """
    return {name: _speaker(name, policy.annotators[name], recorded) for name in policy.machines}


def _speaker(name: str, spec: AnnotatorSpec, recorded: Mapping[str, int]) -> str:
    wanted = [name]
    if isinstance(spec, RecordedSpec):
        wanted.append(spec.annotator)
    if isinstance(spec, ModelSpec):
        wanted.append(spec.model)
    for one in wanted:
        if one in recorded:
            return one
    raise PolicyError(
        f"annotators.{name}: the recording has no votes of "
        f"{' or '.join(map(repr, dict.fromkeys(wanted)))}; "
        f"{did_you_mean(wanted[-1], recorded)}"
    )


def vote_in(
    row: RecordedRow, speaker: str, confidence: ConfidenceSpec | None, labels: Sequence[str]
) -> Vote | None:
    """The one vote of an annotator, as its tier takes confidence; None where that is missing."""
    drawn = row.votes.get(speaker, ())
    if confidence is None or not confidence.drawn:
        chosen = [vote for vote in drawn if vote.variant == BASE and vote.sample == 0][:1]
    elif confidence.source is Source.SAMPLES:
        chosen = [vote for vote in drawn if vote.variant == BASE][: confidence.draws]
        chosen = chosen if len(chosen) == confidence.draws else []
    else:
        kinds = {BASE, *confidence.vary}
        wordings = [v for v in drawn if not v.sample and _kind(v.variant) in kinds]
        chosen = wordings[: confidence.draws] if len(wordings) >= FEWEST_DRAWS else []
    return combined(chosen, confidence, labels) if chosen else None


def _kind(variant: str) -> str:
    """The kind of wording in a variant's name, such as options-1."""
    return variant if variant == BASE else variant.rpartition("-")[0]
