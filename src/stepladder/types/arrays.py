"""Arrays of many candidates at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
NO_LABEL = -1
"""In place of a label's number: none was named."""
