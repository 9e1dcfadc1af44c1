"""Why a policy was chosen, or none: in words, and what would help."""

from __future__ import annotations

from stepladder.tune.goal import AtMostError, Goal
from stepladder.tune.gold_rows import GoldRows
from stepladder.tune.promise import Method
from stepladder.tune.search import Search
from stepladder.tune.tuned import Chosen

HELP = "allow people (leave out --no-people), a larger error, better annotators, or give more gold"


TOLD = {
    Method.EXACT: "the test is exact for independent rows",
    Method.SEQUENCE: "thresholds were tested in turn, measured, not proved (docs/tune.md)",
    Method.URN: "for groups of several rows the test is measured, not proved (docs/tune.md)",
    Method.STRICT: "as if a group that nobody saw were the largest, and all wrong",
    Method.PEOPLE: "people alone: no machine's labels could be promised, or they are no cheaper",
}


def none_expected(search: Search, goal: Goal) -> str:
    """No ladder is expected to serve the goal."""
    if isinstance(goal, AtMostError):
        best = 1 - float(search.value.max())
        return (
            f"infeasible: no ladder of these annotators is expected to err at most "
            f"{goal.error:.1%}; the best leaves {best:.1%} wrong or without a label; {HELP}"
        )
    cheapest = float(search.usd.min())
    return f"infeasible: the cheapest ladder costs {cheapest:.3g} USD per candidate; allow more"


def none_kept(testing: GoldRows) -> str:
    """No ladder kept the promise."""
    lost = f" ({testing.incomplete:,} lack a vote: taken to be wrong)" if testing.incomplete else ""
    return (
        f"infeasible: on {len(testing.known):,} rows that only tested{lost}, no ladder kept the "
        f"promise; {HELP}"
    )


def why(chosen: Chosen) -> str:
    """What the choice rests on."""
    if chosen.promised and chosen.method is Method.PEOPLE:
        return TOLD[Method.PEOPLE]
    if chosen.promised:
        return f"tested on gold that nothing else has seen; {TOLD[chosen.method]}"
    if chosen.frozen is None:
        return "people alone: no ladder with machines is expected to serve the goal for less"
    return "what the search expects"
