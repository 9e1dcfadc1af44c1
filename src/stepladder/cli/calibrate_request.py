"""What `stepladder calibrate` was asked to do."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stepladder.cli.output import ledger_for
from stepladder.cli.typed import typed
from stepladder.engine import RunOptions
from stepladder.engine.checks import Wanted
from stepladder.errors import UserError
from stepladder.ledger import ledger_file, masked
from stepladder.report.diagram import check_plots
from stepladder.tables.replacing import is_one_of
from stepladder.types import Usd


@dataclass(frozen=True, slots=True)
class CalibrateRequest:
    """The command's arguments and options as they were given."""

    candidates: Path
    task: Path
    policy: Path
    ledger: str | None
    run: str
    budget: Usd | None
    all_gold: bool
    plot: Path | None
    seed: int

    def check(self) -> None:
        """Raise UserError when the picture cannot be drawn where it was wanted."""
        if self.plot is None:
            return
        check_plots()
        if self.plot.suffix.lower() != ".png":
            raise UserError(f"--plot {self.plot}: pictures are PNG; name it {self.plot.stem}.png")
        if not self.plot.parent.is_dir():
            raise UserError(f"--plot {self.plot}: there is no folder {self.plot.parent}")
        ledger = ledger_file(self.ledger_url)
        inputs = (self.candidates, self.task, self.policy, *([] if ledger is None else [ledger]))
        if is_one_of(self.plot, inputs):
            raise UserError(f"--plot {self.plot}: is used by this command; name another file")

    @property
    def ledger_url(self) -> str:
        """Where money, answers and the fit are kept."""
        return ledger_for(self.candidates, self.ledger)

    @property
    def wanted(self) -> Wanted:
        """What has to be checked."""
        return Wanted(
            self.task,
            self.policy,
            self.candidates,
            seed=self.seed,
            priced=True,
            ledger=self.ledger_url,
            run=self.run,
        )

    @property
    def options(self) -> RunOptions:
        """The engine's part."""
        return RunOptions(ledger=self.ledger_url, run=self.run, budget=self.budget, seed=self.seed)

    @property
    def command(self) -> str:
        """The same command again, as one would type it."""
        return self._words("calibrate")

    @property
    def gold_command(self) -> str:
        """How to get gold for these candidates."""
        words = ["stepladder", "gold", str(self.candidates), "--task", str(self.task)]
        words += ["--ledger", masked(self.ledger)] if self.ledger else []
        return shlex.join([*words, "--policy", str(self.policy)])

    def _words(self, command: str) -> str:
        return shlex.join(["stepladder", command, str(self.candidates), *self._given()])

    def _given(self) -> Iterator[str]:
        given = {
            "--task": self.task,
            "--policy": self.policy,
            "--ledger": None if self.ledger is None else masked(self.ledger),
            "--run": self.run or None,
            "--budget": None if self.budget is None else self.budget.plain,
            "--plot": self.plot,
            "--seed": self.seed or None,
        }
        yield from typed(given)
        if self.all_gold:
            yield "--all-gold"
