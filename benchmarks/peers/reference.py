"""What another program, in numpy alone, measured of the same peers on the same 20 splits.

It shares no code with this one, has a pool of its own and a search of its own, so that a slip in
one of the two shows. Cascade routing there had that pool's posteriors.
"""

from __future__ import annotations

from collections.abc import Mapping

Figures = tuple[float, float, float, float]
Reference = Mapping[tuple[str, str], Figures]

REFERENCE: Reference = {
    ("cebab_aspects", "single model"): (0.9023, 0.9008, 0.9008, 0.9022),
    ("cebab_aspects", "mix of two"): (0.9032, 0.9056, 0.9111, 0.9081),
    ("cebab_aspects", "majority"): (0.9023, 0.9008, 0.8973, 0.9003),
    ("cebab_aspects", "Dawid-Skene"): (0.8966, 0.8961, 0.8855, 0.8920),
    ("cebab_aspects", "FrugalGPT chain"): (0.9127, 0.9195, 0.9236, 0.9180),
    ("cebab_aspects", "  with question"): (0.9156, 0.9232, 0.9246, 0.9202),
    ("cebab_aspects", "  the dearer of equals"): (0.9174, 0.9256, 0.9257, 0.9219),
    ("cebab_aspects", "ETH cascade routing"): (0.9156, 0.9270, 0.9289, 0.9233),
    ("cebab_aspects", "oracle"): (0.9557, 0.9557, 0.9557, 0.9557),
    ("framing", "single model"): (0.7309, 0.7309, 0.7826, 0.7343),
    ("framing", "mix of two"): (0.7361, 0.7534, 0.7809, 0.7481),
    ("framing", "majority"): (0.7309, 0.7341, 0.7341, 0.7216),
    ("framing", "Dawid-Skene"): (0.7541, 0.7312, 0.7312, 0.7267),
    ("framing", "FrugalGPT chain"): (0.7452, 0.7615, 0.7915, 0.7539),
    ("framing", "  with question"): (0.7591, 0.7848, 0.8049, 0.7722),
    ("framing", "  the dearer of equals"): (0.7584, 0.7900, 0.8091, 0.7738),
    ("framing", "ETH cascade routing"): (0.8040, 0.8192, 0.8283, 0.8114),
    ("framing", "oracle"): (0.9473, 0.9473, 0.9473, 0.9473),
}
"""By recording and peer: accuracy at 10, 25 and 50 % of the best single model's cost, and area."""
SEEDS, ROWS = 20, 300
"""Splits and gold rows for which it holds."""
