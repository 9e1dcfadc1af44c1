"""What would labelling a million reviews cost? Copy this, and put your policy and prices in.

    python examples/tuning/what_if.py

Simulates the demo's policy on what its models really said, at several prices.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

from stepladder.policy import load_policy
from stepladder.pricing import PriceBook
from stepladder.recording import Recording
from stepladder.simulate import Scenario, figures, simulate
from stepladder.task import load_task
from stepladder.types import Usd

HERE = Path(__file__).parent
REVIEWS = HERE.parent / "reviews"
CANDIDATES = 1_000_000


def main() -> None:
    """One simulation, priced in several ways."""
    task = load_task(REVIEWS / "task.toml")
    recording = Recording.open(HERE / "reviews.recording.jsonl", task)
    simulation = simulate(recording, load_policy(REVIEWS / "policy.toml"))

    today = Scenario(PriceBook.load(), date(2026, 11, 1), name="as it is")
    scenarios = [
        today,
        replace(today, name="a person at 0.05 USD", human_price=Usd.of("0.05")),
        replace(today, name="a person at 0.30 USD", human_price=Usd.of("0.30")),
        replace(today, name="gemma ten times as dear", times={"gemma": Fraction(10)}),
        replace(today, name="80 % of prompts cached", cached=Fraction(4, 5)),
    ]
    print(f"{'what if':<26} {'models, USD':>14} {'people, USD':>14}")
    for scenario in scenarios:
        found = figures(simulation, scenario)
        scale = CANDIDATES / found.candidates
        models = sum(float(t.bill.total.decimal) for t in found.tiers if not t.person)
        people = sum(float(t.bill.total.decimal) for t in found.tiers if t.person)
        print(f"{scenario.name:<26} {models * scale:>14,.2f} {people * scale:>14,.2f}")


if __name__ == "__main__":
    main()
