"""A recording's gold, as far as every annotator answered it, and what is without gold."""

from __future__ import annotations

from collections import Counter

from stepladder.confidence import GoldRow
from stepladder.recording import RecordedRow, Recording
from stepladder.recording.identity import group_identity, identity
from stepladder.simulate.replay import Player, Row
from stepladder.tune.gold_rows import GoldRows, Known


def read_gold(recording: Recording, player: Player) -> GoldRows:
    """Read the recording once; raises TableError for a bad line, UserError for too little gold."""
    known: list[Known] = []
    without: Counter[str] = Counter()
    kept_local: Counter[bool] = Counter()
    everybody = len(player.policy.machines)
    for recorded in recording:
        candidate = recorded.candidate
        if len(player.seeing(candidate)) < everybody:
            kept_local[candidate.gold is not None] += 1
            continue
        if candidate.gold is None:
            without[candidate.group] += 1
            continue
        usable = candidate.gold in recording.task.labels
        known.append(_known(recorded, player.row(recorded), usable=usable))
    groups = {one.row.group for one in known}
    rest = {group: rows for group, rows in without.items() if group not in groups}
    rows, largest = sum(rest.values()), max(rest.values(), default=1)
    beside = sum(without.values()) - rows
    usual = sum(size * size for size in rest.values()) / rows if rows else 1.0
    return GoldRows(
        known,
        rows,
        len(rest),
        largest,
        beside_gold=beside,
        rest_usual=usual,
        kept_local=kept_local[True],
        rest_kept_local=kept_local[False],
    )


def _known(recorded: RecordedRow, row: Row | None, *, usable: bool) -> Known:
    return Known(
        GoldRow(recorded.candidate, {} if row is None else row.votes),
        identity(recorded),
        usable=usable,
        complete=row is not None,
        group_name=group_identity(recorded),
    )
