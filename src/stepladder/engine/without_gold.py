"""What the ledger's votes say of the annotators while there is no gold: how they agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from stepladder.confidence.dawid_skene import SILENT, DawidSkene, dawid_skene
from stepladder.engine.content_free import MARK
from stepladder.errors import LedgerError
from stepladder.ledger import connect
from stepladder.ledger.cheap_votes import labels_given
from stepladder.types import CandidateKey

FEWEST_ANNOTATORS = 2
"""One alone agrees with itself."""


def estimated(url: str, annotators: Sequence[str], labels: Sequence[str]) -> DawidSkene | None:
    """Dawid and Skene's estimate from all votes of these annotators that the ledger has.

    Of several votes of one annotator about a candidate the earliest in the task's own wording
    counts; those about texts without content do not. None when the ledger has votes of fewer
    than two of them, or does not exist.
    """
    given = _given(url, annotators)
    voters = [name for name in annotators if given.get(name)]
    if len(voters) < FEWEST_ANNOTATORS:
        return None
    number = {label: place for place, label in enumerate(labels)}
    keys = dict.fromkeys(key for name in voters for key in given[name])
    said = np.array(
        [[number.get(given[name].get(key, ""), SILENT) for name in voters] for key in keys],
        dtype=np.int64,
    )
    return dawid_skene(labels, voters, said, np.full(len(keys), SILENT))


def _given(url: str, annotators: Sequence[str]) -> Mapping[str, Mapping[CandidateKey, str]]:
    try:
        engine = connect(url, must_exist=True)
    except LedgerError:
        # Whatever else is wrong with it is said when a run opens it.
        return {}
    try:
        return {name: _about_content(labels_given(engine, [name])) for name in annotators}
    finally:
        engine.dispose()


def _about_content(given: Mapping[CandidateKey, str]) -> Mapping[CandidateKey, str]:
    return {key: label for key, label in given.items() if not key.id.startswith(MARK)}
