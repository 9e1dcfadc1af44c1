"""A short name for exactly this row of a recording, by which a fit knows what it has seen."""

from __future__ import annotations

from stepladder.digest import digest
from stepladder.recording.recorded_row import RecordedRow
from stepladder.types import Candidate, Vote

LONG = 16
"""Hexadecimal digits kept: two of a million rows share them once in 37 million files."""


def identity(row: RecordedRow) -> str:
    """Digest of its key, columns, group and gold, and of what everybody said of it."""
    candidate = row.candidate
    said = {name: [_said(vote) for vote in drawn] for name, drawn in row.votes.items()}
    about = (*candidate.key, dict(candidate.columns), candidate.group, candidate.gold)
    return digest(*about, said)[:LONG]


def candidate_identity(candidate: Candidate) -> str:
    """Digest of its key and gold alone: what a row has in common with the candidate it is about."""
    return digest("candidate", *candidate.key, candidate.gold)[:LONG]


def _said(vote: Vote) -> list[object]:
    shown, used = vote.confidence, vote.usage
    return [vote.label, shown.source, dict(shown.by_label), used.input, used.output]


def group_identity(row: RecordedRow) -> str | None:
    """Digest of the group's name; None for a row that is a group of its own."""
    candidate = row.candidate
    return None if candidate.group == candidate.id else digest("group", candidate.group)[:LONG]
