"""Recorded rows with what their votes used, and draws of gold from them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from benchmarks.recordings import Halves, Recording, folder, halves, rows_of
from stepladder.confidence import GoldRow
from stepladder.types import Usage

FIRST_SEED = 10_000
"""Constants were chosen on draws by other seeds."""
TUNE = 1_000_000
"""Added to the seed of a draw, for what is dealt within it."""
GOLD: Mapping[str, int] = {"framing": 1200, "cebab_aspects": 500, "stance": 300}
"""Rows of gold, as far as whole groups fill them."""
PROMPT_TOKENS = 600
"""Where the recording does not tell."""
ANSWER_TOKENS = 5


@lru_cache(maxsize=4)
def rows_with_usage(recording: Recording) -> tuple[GoldRow, ...]:
    """Every row whose gold is one of the labels, its votes with the tokens that they took."""
    lines = (folder() / f"{recording.file}.jsonl").read_text(encoding="utf-8").splitlines()
    tokens = {
        one["id"]: one.get("prompt_tokens") or PROMPT_TOKENS for one in map(json.loads, lines)
    }
    return tuple(_using(row, tokens[row.candidate.id]) for row in rows_of(recording))


def draw(recording: Recording, rows: int, seed: int) -> Halves:
    """So many rows of gold, by whole groups at random, and the rest."""
    return halves(rows_with_usage(recording), rows, seed)


def _using(row: GoldRow, tokens: int) -> GoldRow:
    usage = Usage(input=tokens, output=ANSWER_TOKENS)
    votes = {name: replace(vote, usage=usage) for name, vote in row.votes.items()}
    return GoldRow(row.candidate, votes)
