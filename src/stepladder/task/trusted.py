"""Gold that does not stand in the candidates' file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

UNKNOWN: Mapping[str, str] = MappingProxyType({})
"""Nobody noted what was seen."""


class Trusted(NamedTuple):
    """The label that a candidate was given by somebody who is trusted."""

    label: str
    sampled: float
    """Probability with which the candidate was drawn to be given gold, above 0 and at most 1."""
    seen: Mapping[str, str] = UNKNOWN
    """Fingerprints by column of the text that the label was given for."""
