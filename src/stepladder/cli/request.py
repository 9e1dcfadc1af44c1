"""What `stepladder label` was asked to do."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stepladder.cli.output import default_ledger, default_output
from stepladder.cli.typed import typed
from stepladder.engine import RunOptions
from stepladder.engine.checks import Wanted
from stepladder.ledger import masked
from stepladder.types import Usd


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """The command's arguments and options as they were given."""

    candidates: Path
    task: Path
    policy: Path
    out: Path | None
    ledger: str | None
    run: str
    budget: Usd | None
    wages: Usd | None
    shared: str
    limit: int | None
    seed: int

    @property
    def output(self) -> Path:
        """Where the decisions go."""
        return self.out or default_output(self.candidates)

    @property
    def ledger_url(self) -> str:
        """Where money and answers are kept."""
        return self.ledger or default_ledger(self.output)

    @property
    def wanted(self) -> Wanted:
        """What has to be checked."""
        return Wanted(
            self.task,
            self.policy,
            self.candidates,
            self.limit,
            self.seed,
            priced=True,
            ledger=self.ledger_url,
            run=self.run,
        )

    @property
    def options(self) -> RunOptions:
        """The engine's part."""
        return RunOptions(
            ledger=self.ledger_url,
            run=self.run,
            shared=self.shared,
            budget=self.budget,
            wages=self.wages,
            seed=self.seed,
        )

    @property
    def command(self) -> str:
        """The same command again, as one would type it."""
        return shlex.join(["stepladder", "label", str(self.candidates), *self._given()])

    def _given(self) -> Iterator[str]:
        given = {
            "--task": self.task,
            "--policy": self.policy,
            "--out": self.out,
            "--ledger": None if self.ledger is None else masked(self.ledger),
            "--run": self.run or None,
            "--budget": None if self.budget is None else self.budget.plain,
            "--wages": None if self.wages is None else self.wages.plain,
            "--shared-budget": self.shared or None,
            "--limit": self.limit,
            "--seed": self.seed or None,
        }
        yield from typed(given)
