"""One line of a recording as a row, and back: the one place that knows the format.

Beside what `RecordingWriter` writes, a line may be as short as an id and a label by annotator::

    {"id": "17", "group": "doc-3", "gold": "yes", "votes": {"small": "yes", "large": "no"},
     "stated_confidence": {"small": 0.8}, "prompt_tokens": 210, "text": "…"}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from stepladder.recording.recorded_row import RecordedRow
from stepladder.recording.vote_cell import cell_of, share_of, stated, tokens, vote_of
from stepladder.tables import Row
from stepladder.tables.row import as_text
from stepladder.types import SINGLE_QUESTION, Candidate, Usage, Vote

SCHEMA = 1
"""The version of the format; a line without one is of this version."""
PROMPT_TOKENS = 600
"""Taken where the recording does not know the length of the prompt."""
ANSWER_TOKENS = 5
"""Taken where the recording keeps the label, not its length."""
ASSUMED = Usage(input=PROMPT_TOKENS, output=ANSWER_TOKENS)
"""Taken where nothing is recorded of what a vote used."""
OURS = frozenset(
    {
        *("schema", "id", "question", "group", "gold", "sampled", "local_only", "labels"),
        *("votes", "stated_confidence", "prompt_tokens", "columns", "humans"),
    }
)
"""Keys with a meaning; any other is a column of the candidate."""


def row_of(row: Row) -> RecordedRow:
    """The row of a recording; labels are not looked at yet. Raises ValueError or TypeError."""
    values = row.values
    schema = values.get("schema", "")
    if schema not in {"", str(SCHEMA)}:
        raise ValueError(f"schema {schema[:20]!r} is not known; this stepladder reads {SCHEMA}")
    identity = values.get("id", "")
    if not identity:
        raise ValueError("no 'id'; every line of a recording needs one")
    others = {key: value for key, value in values.items() if key not in OURS}
    candidate = Candidate(
        id=identity,
        columns=others | {k: str(v) for k, v in _object(values, "columns").items()},
        question=values.get("question") or SINGLE_QUESTION,
        group=values.get("group", ""),
        gold=values.get("gold") or None,
        sampled=_chance(values.get("sampled", "")),
        local_only=_flag(values.get("local_only", "")),
    )
    humans = {name: as_text(said) for name, said in _object(values, "humans").items()}
    return RecordedRow(candidate, _votes(values), row.line, humans)


def written(row: RecordedRow, labels: tuple[str, ...]) -> bytes:
    """The row as a line of JSON, which tells the task's labels too."""
    return orjson.dumps(record_of(row, labels), option=orjson.OPT_APPEND_NEWLINE)


def record_of(row: RecordedRow, labels: tuple[str, ...]) -> dict[str, Any]:
    """The row as one object."""
    candidate = row.candidate
    return {
        "schema": SCHEMA,
        "id": candidate.id,
        "question": candidate.question,
        "group": candidate.group,
        "gold": candidate.gold,
        "sampled": candidate.sampled,
        "local_only": candidate.local_only,
        "labels": labels,
        "columns": dict(candidate.columns),
        "votes": {name: _cells(drawn) for name, drawn in row.votes.items()},
        "humans": dict(row.humans),
    }


def _cells(drawn: tuple[Vote, ...]) -> Any:
    cells = [cell_of(vote) for vote in drawn]
    return cells[0] if len(cells) == 1 else cells


def _votes(values: Mapping[str, str]) -> dict[str, tuple[Vote, ...]]:
    prompt = values.get("prompt_tokens", "")
    usage = replace(ASSUMED, input=tokens(prompt)) if prompt else ASSUMED
    shares = {name: _share(name, v) for name, v in _object(values, "stated_confidence").items()}
    found: dict[str, tuple[Vote, ...]] = {}
    for name, said in _object(values, "votes").items():
        try:
            drawn = tuple(_drawn(name, said, shares.get(name), usage))
        except (ValueError, TypeError) as problem:
            raise ValueError(f"vote of {name!r}: {problem}") from None
        if drawn:
            found[name] = drawn
    return found


def _share(name: str, value: object) -> float | None:
    try:
        return share_of(value)
    except ValueError as problem:
        raise ValueError(f"vote of {name!r}: {problem}") from None


def _drawn(name: str, said: Any, share: float | None, usage: Usage) -> Iterator[Vote]:
    """The draws of one annotator; none where it says null."""
    match said:
        case None:
            return
        case dict():
            yield vote_of(name, said, usage)
        case list():
            votes = [vote_of(name, one, usage) for one in map(_is_object, said)]
            if len({(vote.variant, vote.sample) for vote in votes}) < len(votes):
                raise ValueError("two draws have the same variant and sample")
            yield from votes
        case _:
            yield stated(name, as_text(said), share, usage)


def _is_object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"every draw of a list must be an object, not {repr(value)[:80]}")
    return value


def _object(values: Mapping[str, str], column: str) -> dict[str, Any]:
    text = values.get(column, "")
    try:
        value = orjson.loads(text) if text else {}
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        what = "an object" if column == "columns" else "an object by annotator"
        raise TypeError(f"{column} must be {what}, not {text[:80]!r}")
    return value


def _chance(text: str) -> float | None:
    if not text:
        return None
    try:
        chance = float(text)
    except ValueError:
        chance = 0.0
    if not 0 < chance <= 1:
        raise ValueError(f"sampled is {text[:20]!r}; a probability to be drawn is above 0, up to 1")
    return chance


def _flag(text: str) -> bool:
    if text.casefold() not in {"", "true", "false"}:
        raise ValueError(f"local_only is {text[:20]!r}; write true or false")
    return text.casefold() == "true"
