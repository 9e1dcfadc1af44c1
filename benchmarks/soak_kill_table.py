"""Kills runs one after the other and prints what came of them."""

from __future__ import annotations

import os
import time

from benchmarks.soak_kill import LATENCY, Killed, Killer
from stepladder.testing import FakeProvider

TOLD_EVERY = 50
"""Kills between two lines of progress."""


def soak_kills(count: int | None, seed: int, minutes: float | None) -> int:
    """Kill so many runs, or as many as fit; how many went wrong comes back.

    A run that ended before its moment came was not killed, and does not count.
    """
    found, began = list[Killed](), time.monotonic()
    end = began + 60 * minutes if minutes else float("inf")
    with FakeProvider(["yes", "no"], seed=7, latency=LATENCY, keep_purchases=True) as provider:
        killer = Killer.against(provider)
        while (not count or _killed(found) < count) and time.monotonic() < end:
            found.append(killer.kill(seed + len(found)))
            for problem in found[-1].problems:
                print(f"VIOLATION seed {found[-1].seed}: {problem}", flush=True)
            if len(found) % TOLD_EVERY == 0:
                print(f"{len(found):,} runs in {time.monotonic() - began:,.0f} s", flush=True)
        print(_table(found, seed, killer))
    return sum(bool(one.problems) for one in found)


def _killed(found: list[Killed]) -> int:
    return sum(one.kills > 0 for one in found)


def _table(found: list[Killed], seed: int, killer: Killer) -> str:
    writes = sorted({one.writes for one in killer.undisturbed.values()})
    figures = {
        "runs killed and resumed": _killed(found),
        "seeds": f"{seed} to {seed + len(found) - 1}",
        "kills with SIGKILL": sum(one.kills for one in found),
        "of them just before or after a write of the ledger": sum(o.at_writes for o in found),
        "writes of an undisturbed run": " and ".join(str(number) for number in writes),
        "answers on disk when killed last, all used": sum(one.kept for one in found),
        "attempts charged": sum(one.bought for one in found),
        "attempts of unknown outcome, settled at quote": sum(one.unknown for one in found),
        "runs whose ledger is the bill, exactly": sum(one.exact for one in found),
        "runs that went wrong": sum(bool(one.problems) for one in found),
        "processors, load": f"{os.cpu_count()}, {os.getloadavg()[0]:.1f}",
    }
    shown = ((name, f"{v:,}" if isinstance(v, int) else v) for name, v in figures.items())
    return "\n".join(f"{name:56}{value:>16}" for name, value in shown)
