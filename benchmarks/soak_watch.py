"""A process's own watch on its walls, and where it says what it saw."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stepladder.engine.account import Wall
from stepladder.types import NOTHING, Usd


@dataclass(slots=True)
class Report:
    """What a process has to say; each line is written as it comes."""

    path: Path

    def add(self, **said: Any) -> None:
        """Write a line."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(said) + "\n")


@dataclass(slots=True)
class Watch:
    """Looks whether the walls stand, and ends the process when its time has come."""

    report: Report
    last_ask: float = float("inf")
    """The ask in which the process kills itself."""
    looks: int = 0
    walls: list[tuple[str, Wall]] = field(default_factory=list)
    _said: set[str] = field(default_factory=set)
    _opened: dict[int, Usd] = field(default_factory=dict)
    """What the ledger had for each wall, by its number, before this process asked anybody."""

    def asked(self) -> None:
        """At every turn of every attempt."""
        self.look()
        if self.looks > self.last_ask:
            os.kill(os.getpid(), signal.SIGKILL)

    def look(self) -> None:
        """Spend and reservations against each budget."""
        self.looks += 1
        for number, (name, wall) in enumerate(self.walls):
            if wall.spent or wall.held:
                self._opened.setdefault(number, wall.spent)
            # Spent under a budget that was higher then: more may not come to it.
            most = max(wall.limit, self._opened.get(number, NOTHING))
            over = wall.spent + wall.held > most
            if (over or wall.held < NOTHING) and name not in self._said:
                self._said.add(name)
                self.report.add(run=name, wall=f"{wall.spent} + {wall.held} of {wall.limit}")
