"""What others do to keep an error low with some confidence, on rows of gold under one posterior."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.promises.rows import NONE, Rows
from stepladder.types.arrays import Floats

FIRST, STEP = 0.999, 0.001
"""Trust or Escalate's thresholds."""
BET = 0.75
"""Of what a bet may lose at most, PAC labels stakes this part."""


def plainest(test: Rows, error: float, risk: float, chance: np.random.Generator) -> float:
    """Clopper and Pearson's bound on one random row of each group: the plainest valid test.

    Wrong accepted rows among all rows only grow as the threshold falls, so that testing in a fixed
    sequence over every threshold ends just above a wrong row.
    """
    order = chance.permutation(len(test))
    _, first = np.unique(test.group[order], return_index=True)
    picked = test.at(order[first])
    return picked.above_all_but(most_binomial(len(picked), error, risk))


def most_binomial(rows: int, error: float, risk: float) -> int:
    """The most wrong rows whose upper bound is at most the error; -1 where not even none is."""
    from scipy.stats import binom

    # The bound is at most the error exactly where so few are unlikely at that error.
    return int(np.count_nonzero(binom.cdf(np.arange(rows), rows, error) <= risk)) - 1


def trust_or_escalate(test: Rows, error: float, risk: float) -> float:
    """Jung, Brahman and Choi (2407.18370): a fixed sequence of thresholds, from the strictest.

    It bounds wrong accepted rows among accepted ones. It begins where a flawless test would
    pass: earlier it would end for want of rows.
    """
    from scipy.stats import binom

    best, begun = NONE, False
    for threshold in np.arange(FIRST, 0.0, -STEP):
        accepted = test.top >= threshold
        rows = int(accepted.sum())
        begun = begun or (rows > 0 and (1 - error) ** rows <= risk)
        if not begun:
            continue
        if binom.cdf(int((accepted & test.wrong).sum()), rows, error) > risk:
            break
        best = float(threshold)
    return best


def pac_labels(drawn: Rows, error: float, risk: float) -> float:
    """Candès, Ilyas and Zrnic (2506.10908) with the bound of the central limit theorem.

    `drawn` are uniform draws of rows; the mean of "wrong and accepted" is bounded at each
    threshold, and the loosest is taken before the first that fails.
    """
    from scipy.stats import norm

    share = np.arange(drawn.wrong.sum() + 1) / len(drawn)
    bound = share + norm.isf(risk) * np.sqrt(share * (1 - share) / len(drawn))
    return drawn.above_all_but(_last_before_failing(bound <= error))


def pac_labels_betting(drawn: Rows, error: float, risk: float) -> float:
    """The same with their other bound, by betting, which holds for few draws too.

    `drawn` are in the order in which they were drawn.
    """
    bad = np.sort(drawn.top[drawn.wrong])[::-1]
    passed = [_bet(drawn.wrong & (drawn.top >= t), error, risk) for t in (NONE, *bad)]
    return drawn.above_all_but(_last_before_failing(np.array(passed)))


def _last_before_failing(passed: NDArray[np.bool_]) -> int:
    """How many wrong rows may be accepted; -1 where not even none."""
    return int(len(passed) if passed.all() else np.argmin(passed)) - 1


def _bet(mistaken: NDArray[np.bool_], error: float, risk: float) -> bool:
    """Whether a bet against "the mean is above the error" ever wins enough.

    Waudby-Smith and Ramdas (2010.09686), as in the authors' code.
    """
    x: Floats = mistaken.astype(np.float64)
    place = np.arange(1, len(x) + 1)
    mean = (0.5 + np.cumsum(x)) / (place + 1)
    spread = (0.25 + np.cumsum((x - mean) ** 2)) / (place + 1)
    before = np.append(0.25, spread[:-1])
    stake = np.minimum(np.sqrt(2 * np.log(2 / risk) / (len(x) * before)), BET / (1 - error))
    wealth = np.cumsum(np.log1p(-stake * (x - error)))
    return bool(wealth.max() >= np.log(1 / risk))


def hindsight(rest: Rows, error: float) -> float:
    """The loosest threshold that keeps the error on these very rows."""
    return rest.above_all_but(int(error * len(rest) + 1e-9))
