"""Plays schedules one after the other and prints what came of them."""

from __future__ import annotations

import os
from pathlib import Path
from statistics import median

# First of all: it changes the clock before anybody reads it.
from benchmarks import soak_warp  # isort: skip

from benchmarks.soak_oracle import Found
from benchmarks.soak_wall import Template, schedule

TOLD_EVERY = 250
"""Schedules between two lines of progress."""


def soak_wall(count: int | None, seed: int, minutes: float | None, keep: Path | None) -> int:
    """Play so many schedules, or as many as fit; how many went wrong comes back."""
    template, found = Template(), list[Found]()
    end = soak_warp.real() + 60 * minutes if minutes else float("inf")
    began = soak_warp.real()
    while (not count or len(found) < count) and soak_warp.real() < end:
        played = schedule(seed + len(found), template, keep)
        found.append(played)
        for problem in played.problems:
            print(f"VIOLATION seed {played.seed}: {problem}", flush=True)
        if len(found) % TOLD_EVERY == 0:
            print(_line(found, soak_warp.real() - began), flush=True)
    print(_line(found, soak_warp.real() - began))
    print(_table(found, seed))
    return sum(bool(one.problems) for one in found)


def _line(found: list[Found], seconds: float) -> str:
    wrong = sum(bool(one.problems) for one in found)
    return f"{len(found):,} schedules in {seconds:,.0f} s, {wrong} wrong"


def _table(found: list[Found], seed: int) -> str:
    times = sorted(one.seconds for one in found)
    figures = {
        "schedules": len(found),
        "seeds": f"{seed} to {seed + len(found) - 1}",
        "processes": sum(one.processes for one in found),
        "of them killed with SIGKILL": sum(one.killed for one in found),
        "attempts": sum(one.attempts for one in found),
        "looks at ledger and books meanwhile": sum(one.looks for one in found),
        "schedules in which every cost was told: ledger = bill": sum(one.exact for one in found),
        "schedules with a bill beyond a quote": sum(one.beyond for one in found),
        "schedules that went wrong": sum(bool(one.problems) for one in found),
        "milliseconds a schedule, median": round(1000 * median(times)) if times else 0,
        "processors, load": f"{os.cpu_count()}, {os.getloadavg()[0]:.1f}",
    }
    shown = ((name, f"{v:,}" if isinstance(v, int) else v) for name, v in figures.items())
    return "\n".join(f"{name:56}{value:>16}" for name, value in shown)
