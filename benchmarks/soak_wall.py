"""Random schedules of the real engine: processes are forked, killed, stopped and started again.

The parent keeps no threads and no event loop, so that it may fork; it looks at the ledger
from outside while its children work.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile
from typing import Any

from benchmarks import soak_warp
from benchmarks.soak_child import live, warm_up
from benchmarks.soak_oracle import Found, Oracle
from benchmarks.soak_schedule import How, ProcessPlan, Schedule, drawn
from stepladder.ledger import connect

DEADLINE = 30.0
"""Real seconds after which a process counts as hung."""
BETWEEN_LOOKS = 0.04
"""Real seconds between two looks at the ledger."""
HALTS = frozenset({"OverrunError"})


@dataclass(slots=True)
class Child:
    """A process at work."""

    pid: int
    plan: ProcessPlan
    report: Path
    began: float
    code: int | None = None
    hung: bool = False

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What it reported."""
        text = self.report.read_text(encoding="utf-8") if self.report.exists() else ""
        return [json.loads(line) for line in text.splitlines() if line.endswith("}")]

    def reap(self) -> bool:
        """Whether it has ended; its time may have come."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            self.code = os.waitstatus_to_exitcode(status)
            return True
        age = soak_warp.real() - self.began
        due = self.plan.how is How.KILLED and age > self.plan.after / 1000
        if due or age > DEADLINE + 1:
            os.kill(self.pid, signal.SIGKILL)
        elif age > DEADLINE and not self.hung:
            self.hung = True
            os.kill(self.pid, signal.SIGUSR1)
        return False


@dataclass(slots=True)
class Template:
    """An empty ledger, so that not every schedule has to make one.

    A run is made with it, too: what is imported late is there when processes are forked.
    """

    folder: tempfile.TemporaryDirectory[str] = field(default_factory=tempfile.TemporaryDirectory)

    def __post_init__(self) -> None:
        connect(f"sqlite:///{self.path}").dispose()
        with _folder() as name:
            copyfile(self.path, Path(name) / "ledger.db")
            warm_up(Path(name))
        gc.freeze()

    @property
    def path(self) -> Path:
        """The file."""
        return Path(self.folder.name) / "ledger.db"


def schedule(seed: int, template: Template, keep: Path | None = None) -> Found:
    """Play the schedule of a seed; its folder is kept beside others in `keep` if it fails."""
    began, found = soak_warp.real(), Found(seed)
    with _folder() as name:
        folder = Path(name)
        copyfile(template.path, folder / "ledger.db")
        _play(drawn(seed), folder, found)
        if found.problems and keep is not None:
            _keep(folder, keep / f"seed-{seed}")
    found.seconds = soak_warp.real() - began
    return found


def _folder() -> tempfile.TemporaryDirectory[str]:
    # In memory where that can be: processes are killed here, not the power.
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
    return tempfile.TemporaryDirectory(prefix="soak", dir=place, ignore_cleanup_errors=True)


def _keep(folder: Path, kept: Path) -> None:
    kept.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        with suppress(OSError):
            copyfile(path, kept / path.name)


def _play(played: Schedule, folder: Path, found: Found) -> None:
    raises = 0
    for number, processes in enumerate(played.rounds):
        raises = max([raises, *(plan.raises for plan in processes)])
        children = [
            _forked(played, plan, folder, folder / f"report-{number}-{n}")
            for n, plan in enumerate(processes)
        ]
        # Closed before the next processes are forked: SQLite's locks do not survive that.
        with closing(Oracle(played, folder)) as oracle:
            _watch(children, oracle, raises, found)
            last = number == len(played.rounds) - 1
            found.problems += _complaints(children, played, oracle, last=last)
            if found.problems or last:
                _conclude(oracle, found)
                return


def _conclude(oracle: Oracle, found: Found) -> None:
    found.problems += oracle.wrong_at_last() if not found.problems else ()
    found.attempts, found.beyond = oracle.attempts, oracle.beyond
    found.exact = oracle.exact


def _forked(played: Schedule, plan: ProcessPlan, folder: Path, report: Path) -> Child:
    pid = os.fork()
    if pid == 0:
        live(played, plan, folder, report)
    return Child(pid, plan, report, soak_warp.real())


def _watch(children: Sequence[Child], oracle: Oracle, raises: int, found: Found) -> None:
    """Until all have ended; what is wrong meanwhile is found."""
    at_work, look = list(children), soak_warp.real()
    found.processes += len(at_work)
    while at_work:
        at_work = [child for child in at_work if not child.reap()]
        if soak_warp.real() > look or not at_work:
            found.looks += 1
            found.problems += oracle.wrong_now(raises)
            look = soak_warp.real() + BETWEEN_LOOKS
        time.sleep(0.006)
    found.killed += sum(child.code == -signal.SIGKILL for child in children)


def _complaints(
    children: Sequence[Child], played: Schedule, oracle: Oracle, *, last: bool
) -> Iterator[str]:
    """What the processes themselves found wrong."""
    for child in children:
        if child.hung:
            yield f"hung: {child.plan}"
        killed = child.plan.how in {How.KILLED, How.KILLED_ASKING}
        if child.code and not killed and not child.hung:
            yield f"ended with {child.code}"
        for line in child.lines:
            # Beyond a quote the wall may be passed, and the run has to halt.
            if not ("wall" in line and oracle.beyond):
                yield from _complaint(line, played)
            if last and "ended" in line:
                yield from _unfinished(line, played, oracle)


def _complaint(line: dict[str, Any], played: Schedule) -> Iterator[str]:
    for kind in ("wall", "crash", "orphan", "waits"):
        if kind in line:
            yield f"{line.get('run', '')} {kind}: {line[kind]}"
    if line.get("ended") in HALTS and not played.beyond:
        yield f"{line['run']}: halted though nobody billed beyond a quote"
    if line.get("ended") == "done" and line["overran"]:
        yield f"{line['run']}: went on though somebody billed beyond a quote"
    if line.get("ended") == "done" and line["held"]:
        yield f"{line['run']}: still holds {line['held']} at its end"


def _unfinished(line: dict[str, Any], played: Schedule, oracle: Oracle) -> Iterator[str]:
    """What a run that was left to its end owes."""
    plan = next(one for one in played.runs if one.name == line["run"])
    if line["ended"] in {"BudgetError", *HALTS}:
        return
    if line["ended"] != "done":
        yield f"{plan.name}: {line['ended']} though nobody disturbed it"
        return
    told, kept = sum(line["statuses"].values()), oracle.decided().get(plan.name, 0)
    if not told == kept == plan.count:
        yield f"{plan.name}: {told} decisions told, {kept} kept, of {plan.count} candidates"
    first = plan.tempers[:1] * (2 if plan.together else 1)
    least = sum(one.rate * one.most * (1 + one.retries) for one in first)
    if line["broke"] and not plan.shared and line["left"] >= least:
        yield f"{plan.name}: over budget with {line['left']} left for {least}: {line['broke']}"
