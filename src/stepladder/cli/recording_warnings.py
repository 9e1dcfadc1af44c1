"""What in a recording its user should know of, whatever is made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stepladder.cli.screen import many
from stepladder.recording import Recording

SHOWN = 3
"""Labels of an annotator that are named."""


def warnings_of_recording(recording: Recording) -> Iterator[str]:
    """Labels that the task does not have, in gold and in votes."""
    for label, rows in recording.foreign_gold.items():
        yield (
            f"{recording.path}: {many(rows, 'row')} with gold {label!r}, which is none of the "
            "labels: nothing is learnt there, and every machine counts as wrong"
        )
    for name, said in recording.foreign_votes.items():
        yield (
            f"{recording.path}: {many(sum(said.values()), 'vote')} of {name} for {_named(said)}, "
            "none of the labels: they count as votes without one"
        )


def _named(said: Mapping[str, int]) -> str:
    often = sorted(said, key=lambda label: (-said[label], label))
    words = [f"{label[:40]!r}" for label in often[:SHOWN]]
    more = len(often) - len(words)
    return ", ".join(words) + (f" and {more} more" if more else "")
