"""How much does each promise about the error cost? Copy this, and put your recording in.

    python examples/tuning/tune_policy.py

The recording is what two small local models really said of the 300 reviews of the demo.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from stepladder.policy import load_policy
from stepladder.pricing import PriceBook
from stepladder.recording import Recording
from stepladder.simulate import Scenario
from stepladder.task import load_task
from stepladder.tune import End, Promise, Wish, tune, write
from stepladder.tune.goal import AtMostError
from stepladder.tune.promise import Of

HERE = Path(__file__).parent
REVIEWS = HERE.parent / "reviews"
DAY = date(2026, 11, 1)
"""Whose prices count."""


def main() -> None:
    """Tune for several errors, and write the policy of the last one."""
    task = load_task(REVIEWS / "task.toml")
    recording = Recording.open(HERE / "reviews.recording.jsonl", task)
    base = load_policy(REVIEWS / "policy.toml")
    scenario = Scenario(PriceBook.load(), DAY)
    wish = Wish(AtMostError(0.0, Of.DELIVERED), None, End.PERSON, tiers=2, seed=0)

    print("at most  USD per 1,000  by machines  accuracy on gold that only tested")
    for error in (0.05, 0.10, 0.15, 0.20):
        promised = replace(
            wish, goal=AtMostError(error, Of.DELIVERED), promise=Promise(error, confidence=0.9)
        )
        found = tune(recording, base, scenario, promised)
        chosen = found.chosen
        assert chosen is not None  # with people there always is a policy
        measured = chosen.measured
        assert measured.accuracy is not None
        machines = 1 - measured.by_people / measured.candidates
        usd = 1000 * measured.usd_per_candidate
        print(f"{error:6.0%} {usd:14.2f} {machines:12.1%} {measured.accuracy.value:12.1%}")

    assert chosen is not None
    with TemporaryDirectory() as folder:
        out = Path(folder) / "policy.toml"
        digest = recording.contents.digest
        write(out, found, chosen, "at most 20 % wrong", promised.promise, 0, digest)
        print(f"\nThe last policy:\n\n{out.read_text()}")


if __name__ == "__main__":
    main()
