"""How fast is a policy tried, how fast are thresholds searched, and how fast is a policy tuned?

    python -m benchmarks.tuning_speed

Peer and ours run side by side, in turn, on the same made-up votes; medians and ratios are printed.
The peers are what one would write first: a loop over candidates that calls the engine's own
`next_step`, and masks over arrays for each policy. ETH's cascade router is not on PyPI: its greedy
fit of 1,000 candidates by 5 models took 10 s on two cores like these, its default 230 s.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import orjson

from stepladder.policy import Policy
from stepladder.pricing import PriceBook
from stepladder.recording import Recording
from stepladder.routing import Accept, Ask, Asked, next_step
from stepladder.simulate import Scenario
from stepladder.simulate.deciding import NOWHERE, decide
from stepladder.simulate.replay import Replay
from stepladder.simulate.rung import Rung
from stepladder.tune import End, Promise, Wish, tune
from stepladder.tune.goal import AtMostError
from stepladder.tune.promise import Of
from stepladder.tune.surface import bins_of, surface
from stepladder.types import CandidateKey, Labelled, Posterior, Vote

LABELS = ("a", "b", "c")
TIERS = 4
LEVELS = 63
"""Thresholds of each of three tiers: some 250,000 policies."""
MODELS = ("gpt-4o-mini", "gpt-4.1-nano", "gpt-4.1-mini", "gpt-4o", "gpt-4.1")
DAY = date(2026, 1, 1)


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    begun = perf_counter()
    work()
    return perf_counter() - begun


def side_by_side(
    name: str, peer: Callable[[], object], ours: Callable[[], object], times: int
) -> None:
    """Both in turn, and their medians."""
    found = [(timed(peer), timed(ours)) for _ in range(times)]
    theirs, mine = (median(column) for column in zip(*found, strict=True))
    print(f"{name}: peer {theirs:.4g} s, ours {mine:.4g} s, ratio {theirs / mine:,.0f}")


def ladder() -> Policy:
    """Four tiers of one annotator each, three of them with a threshold."""
    recorded = {"kind": "recorded", "recording": "none.jsonl"}
    tiers = [
        {"name": f"t{n}", "ask": f"m{n}", **({"accept": {"probability": 0.8}} if n < 3 else {})}
        for n in range(TIERS)
    ]
    return Policy.model_validate(
        {
            "name": "speed",
            "annotators": {f"m{n}": {**recorded, "annotator": f"m{n}"} for n in range(TIERS)},
            "tiers": tiers,
        }
    )


def made_up(rows: int) -> Replay:
    """What each tier would know of so many candidates."""
    chance = np.random.default_rng(0)
    rungs = []
    for _ in range(TIERS):
        probability = chance.uniform(0.34, 1.0, rows)
        yes, nothing = np.ones(rows, dtype=bool), np.zeros(rows)
        rungs.append(
            Rung(
                reachable=yes,
                named=yes,
                calibrated=yes,
                top=chance.integers(0, 3, rows),
                probability=probability,
                margin=probability,
                entropy=1 - probability,
                agreeing=np.ones(rows),
                lot=nothing,
                seconds=nothing,
                usage={},
                said={},
            )
        )
    keys = np.empty(rows, dtype=object)
    keys[:] = [CandidateKey(str(n), "label") for n in range(rows)]
    gold = chance.integers(0, 3, rows)
    return Replay(LABELS, keys, gold, np.full(rows, np.nan), keys, tuple(rungs))


def looped(policy: Policy, replay: Replay) -> Callable[[], object]:
    """A loop over candidates through the engine's own step, its posteriors made beforehand."""
    posteriors = [
        [_posterior(float(p), int(top)) for p, top in zip(r.probability, r.top, strict=True)]
        for r in replay.rungs
    ]
    votes = [
        [(Vote(f"m{n}", Labelled(LABELS[top])),) for top in rung.top.tolist()]
        for n, rung in enumerate(replay.rungs)
    ]
    reachable = tuple(range(TIERS))

    def climb(row: int) -> int:
        asked: list[Asked] = []
        posterior = None
        while True:
            match next_step(policy, reachable, asked, posterior):
                case Ask(tier):
                    asked.append(Asked(tier, votes[tier][row]))
                    posterior = posteriors[tier][row]
                case Accept():
                    return asked[-1].tier
                case _:
                    return NOWHERE

    return lambda: [climb(row) for row in range(len(replay))]


def _posterior(probability: float, top: int) -> Posterior:
    rest = (1 - probability) / (len(LABELS) - 1)
    return Posterior(LABELS, tuple(probability if n == top else rest for n in range(len(LABELS))))


def one_policy(rows: int, times: int) -> None:
    """One policy on many candidates."""
    policy, replay = ladder(), made_up(rows)
    loop = looped(policy, replay)
    assert loop() == decide(policy, replay).stop.tolist()
    name = f"one policy, {rows:,} candidates x {TIERS} tiers, against a loop over candidates"
    side_by_side(name, loop, lambda: decide(policy, replay), times)


def many_policies(rows: int, times: int, tried: int) -> None:
    """A grid of thresholds; the peer tries `tried` of them, and its time is scaled up."""
    chance = np.random.default_rng(1)
    score = chance.uniform(0.34, 1.0, (TIERS, rows))
    value = (chance.random((TIERS, rows)) < score).astype(np.float64)
    cost = np.full((TIERS, rows), 1.0) * np.array([[1.0], [3.0], [10.0], [30.0]])
    total = np.cumsum(cost, axis=0)
    grid = np.quantile(score[0], np.linspace(0, 1, LEVELS))
    steps = np.stack([value, total])

    def by_masks(thresholds: Sequence[float]) -> np.ndarray:
        stop = np.full(rows, TIERS - 1)
        for tier in reversed(range(TIERS - 1)):
            stop = np.where(score[tier] >= thresholds[tier], tier, stop)
        return np.asarray(steps[:, stop, np.arange(rows)].sum(axis=1))

    def all_at_once() -> np.ndarray:
        gains = [steps[:, 0], *(steps[:, n] - steps[:, n - 1] for n in range(1, TIERS))]
        bins = [np.minimum(bins_of(one, grid), LEVELS - 1) for one in score[:-1]]
        return surface(gains, bins, [LEVELS] * (TIERS - 1))

    places = [tuple(int(n) for n in chance.integers(0, LEVELS - 1, 3)) for _ in range(tried)]
    found = all_at_once()
    for place in places[:5]:
        at = np.ravel_multi_index(place, found.shape[1:])
        expected = by_masks([float(grid[n]) for n in place])
        assert np.allclose(found.reshape(2, -1)[:, at], expected)
    policies = LEVELS ** (TIERS - 1)
    masks, ours = [], []
    for _ in range(times):
        begun = perf_counter()
        for place in places:
            by_masks([float(grid[n]) for n in place])
        masks.append((perf_counter() - begun) / tried * policies)
        ours.append(timed(all_at_once))
    theirs, mine = median(masks), median(ours)
    print(
        f"{policies:,} policies on {rows:,} candidates: by masks {theirs:.4g} s "
        f"(of {tried} tried), ours {mine:.4g} s, ratio {theirs / mine:,.0f}"
    )


def tuning(rows: int, times: int) -> None:
    """From a recording to a policy with a promise."""
    chance = random.Random(0)
    skills = (0.7, 0.75, 0.8, 0.88, 0.92)
    lines = []
    for number in range(rows):
        gold = chance.choice(LABELS)
        votes = {
            model: gold if chance.random() < skill else chance.choice(LABELS)
            for model, skill in zip(MODELS, skills, strict=True)
        }
        lines.append(orjson.dumps({"id": str(number), "gold": gold, "votes": votes}))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.jsonl"
        path.write_bytes(b"\n".join(lines))
        recorded = {"kind": "recorded", "recording": str(path)}
        base = Policy.model_validate(
            {
                "name": "speed",
                "annotators": {name: {**recorded, "annotator": name} for name in MODELS},
                "tiers": [{"name": name, "ask": name} for name in MODELS],
            }
        )
        scenario = Scenario(PriceBook.load(), DAY)
        wish = Wish(AtMostError(0.1, Of.DELIVERED), Promise(0.1, 0.9), End.PERSON, 3, 0)
        took = [
            timed(lambda: tune(Recording.open(path), base, scenario, wish)) for _ in range(times)
        ]
    print(f"tuning {rows:,} x {len(MODELS)} with a promise: {median(took):.3g} s, reading included")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    one_policy(given.rows, given.times)
    many_policies(given.rows, given.times, tried=20)
    tuning(1_000, given.times)


if __name__ == "__main__":
    main()
