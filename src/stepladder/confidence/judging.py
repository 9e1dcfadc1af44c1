"""Choosing between fits of one annotator by what they say of rows that they did not see."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from stepladder.confidence.annotator import Calibrator
from stepladder.confidence.choosing import Option, simplest
from stepladder.confidence.heard import Heard
from stepladder.types.arrays import Floats


def simplest_of(held_out: Mapping[Calibrator, Floats], heard: Heard) -> Calibrator:
    """The first method that does not clearly lose, by its held-out log-likelihoods (n x K)."""
    options = [Option(name, heard.losses(found)) for name, found in held_out.items()]
    return simplest(options, heard.table.groups, heard.table.weight).name


def holds_up_better(detailed: Floats, plain: Floats, heard: Heard) -> bool:
    """Whether more detailed held-out log-likelihoods (n x K) beat plainer ones by more than chance
    lets pass: half a standard error, as between methods.
    """
    options = [Option("plain", heard.losses(plain)), Option("detailed", heard.losses(detailed))]
    chosen = simplest(options, heard.table.groups, heard.table.weight)
    return chosen.name == "detailed"


def mean_losses(held_out: Mapping[Calibrator, Floats], heard: Heard) -> dict[Calibrator, float]:
    """Log loss by method, nats per row."""
    return {
        name: float(np.average(heard.losses(found), weights=heard.table.weight))
        for name, found in held_out.items()
    }
