"""The cheapest policy that is good enough: routes, thresholds, and promises that were tested."""

from stepladder.tune.ladder import End, Ladder, Rung
from stepladder.tune.promise import Promise
from stepladder.tune.tuned import Chosen, Tuned
from stepladder.tune.tuning import tune
from stepladder.tune.wish import Wish
from stepladder.tune.writing import write

__all__ = ["Chosen", "End", "Ladder", "Promise", "Rung", "Tuned", "Wish", "tune", "write"]
