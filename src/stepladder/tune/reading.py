"""A recording's gold, as far as every annotator answered it, and what is without gold."""

from __future__ import annotations

from stepladder.confidence import GoldRow
from stepladder.recording import Recording
from stepladder.recording.identity import group_identity, identity
from stepladder.simulate.replay import Player
from stepladder.tune.gold_rows import GoldRows, Known


def read_gold(recording: Recording, player: Player) -> GoldRows:
    """Read the recording once; raises TableError for a bad line, UserError for too little gold."""
    known: list[Known] = []
    without: dict[str, int] = {}
    incomplete = kept_local = 0
    labels = recording.task.labels
    everybody = len(player.policy.machines)
    for recorded in recording:
        candidate = recorded.candidate
        if len(player.seeing(candidate)) < everybody:
            kept_local += candidate.gold is not None
            continue
        if candidate.gold is None:
            without[candidate.group] = without.get(candidate.group, 0) + 1
            continue
        row = player.row(recorded)
        if row is None:
            incomplete += 1
            continue
        known.append(
            Known(
                GoldRow(candidate, row.votes),
                identity(recorded),
                usable=candidate.gold in labels,
                group_name=group_identity(recorded),
            )
        )
    groups = {one.row.group for one in known}
    rest = {group: rows for group, rows in without.items() if group not in groups}
    rows, largest = sum(rest.values()), max(rest.values(), default=1)
    beside = sum(without.values()) - rows
    usual = sum(size * size for size in rest.values()) / rows if rows else 1.0
    return GoldRows(known, rows, len(rest), largest, incomplete, beside, usual, kept_local)
