"""What all calibrators of raw probabilities have in common, and all of them as one type."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CLIP = 1e-6
"""Raw probabilities are kept this far from 0 and 1, where logarithms are infinite."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What an annotator showed of some rows, and what was right."""

    raw: NDArray[np.float64]
    """Raw probabilities, n rows x K labels."""
    gold: NDArray[np.int64]
    """Numbers of the right labels (n)."""
    weight: NDArray[np.float64]
    """Of each row (n), 1 in the mean."""

    @property
    def labels(self) -> int:
        """How many labels there are."""
        return int(self.raw.shape[1])

    @property
    def logs(self) -> NDArray[np.float64]:
        """Natural logarithms of the raw probabilities, kept finite."""
        return np.log(np.clip(self.raw, CLIP, 1.0))

    @property
    def odds(self) -> NDArray[np.float64]:
        """Log-odds of the raw probabilities, kept finite."""
        kept = np.clip(self.raw, CLIP, 1.0 - CLIP)
        return np.log(kept / (1.0 - kept))

    def at(self, places: NDArray[np.int64]) -> Shown:
        """The rows at these places."""
        return Shown(self.raw[places], self.gold[places], self.weight[places])

    def __len__(self) -> int:
        return len(self.gold)


def both_rows(fitted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coefficients or intercepts by label: scikit-learn gives two labels a single row.

    Half of it each way is the same softmax.
    """
    return fitted if len(fitted) > 1 else np.concatenate([-fitted / 2, fitted / 2])
