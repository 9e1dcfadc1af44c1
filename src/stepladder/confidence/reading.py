"""Raw confidence as one number per label, whatever the annotator gave."""

from __future__ import annotations

from collections.abc import Sequence

from stepladder.types import Source, Vote


def raw_probabilities(vote: Vote, labels: Sequence[str]) -> tuple[float, ...] | None:
    """Raw confidence by label, in the order of `labels`; None when the vote only names one.

    What is stated for some labels leaves a rest, which the others share evenly.
    """
    given = vote.confidence.by_label
    if vote.confidence.source is Source.NONE or not given:
        return None
    silent = [label for label in labels if label not in given]
    rest = max(0.0, 1.0 - sum(given.values()))
    share = rest / len(silent) if silent else 0.0
    return tuple(given.get(label, share) for label in labels)
