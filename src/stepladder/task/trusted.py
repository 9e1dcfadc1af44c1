"""Gold that does not stand in the candidates' file."""

from __future__ import annotations

from typing import NamedTuple


class Trusted(NamedTuple):
    """The label that a candidate was given by somebody who is trusted."""

    label: str
    sampled: float
    """Probability with which the candidate was drawn to be given gold, above 0 and at most 1."""
