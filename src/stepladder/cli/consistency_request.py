"""What `stepladder consistency` was asked to do."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stepladder.cli.output import ledger_for
from stepladder.cli.today import today
from stepladder.cli.typed import typed
from stepladder.engine import RunOptions
from stepladder.engine.checks import Wanted
from stepladder.errors import UserError
from stepladder.ledger import ledger_file, masked
from stepladder.task import Task
from stepladder.types import Usd

WORDINGS = 6
"""In which each candidate is asked about, unless the user says otherwise."""


@dataclass(frozen=True, slots=True)
class ConsistencyRequest:
    """The command's arguments and options as they were given."""

    candidates: Path
    task: Path
    policy: Path
    rows: int
    variants: int | None
    samples: int
    annotators: tuple[str, ...]
    ledger: str | None
    budget: Usd | None
    against: str | None
    against_run: str | None
    tolerance: float
    seed: int

    @property
    def wordings(self) -> int:
        """In how many each candidate is asked about, the task's own included."""
        return self.variants or (WORDINGS if self.against is None else 1)

    @property
    def ledger_url(self) -> str:
        """Where money and answers are kept: with --against a ledger that begins today."""
        if self.ledger is not None or self.against is None:
            return ledger_for(self.candidates, self.ledger)
        name = f"{self.candidates.stem}.against-{today().isoformat()}.ledger.db"
        return f"sqlite:///{self.candidates.with_name(name)}"

    def check(self) -> None:
        """Raise UserError when the options do not go together."""
        if self.against is None:
            if self.against_run is not None:
                raise UserError("--against-run names a run of the ledger --against; give that too")
            if self.wordings == 1 and not self.samples:
                raise UserError(
                    "--variants 1 asks everything once; give 2 or more, --samples, or --against"
                )
        elif _place(self.against) == _place(self.ledger_url):
            raise UserError(
                f"--against {masked(self.against)}: is the --ledger of this command too, whose "
                "answers are reused and not asked for again; name another --ledger, or none"
            )

    @property
    def wanted(self) -> Wanted:
        """What has to be checked; gold comes from the ledger that there was before."""
        return Wanted(
            self.task,
            self.policy,
            self.candidates,
            seed=self.seed,
            calibrates=False,
            ledger=self.against or self.ledger_url,
        )

    def options(self, task: Task) -> RunOptions:
        """The engine's part; the run has a name of its own beside the one that labels."""
        run = f"{task.name} (consistency)"
        return RunOptions(self.ledger_url, run, budget=self.budget, seed=self.seed)

    @property
    def command(self) -> str:
        """The same command again, as one would type it; tomorrow it still names today's ledger."""
        return shlex.join(["stepladder", "consistency", str(self.candidates), *self._given()])

    def _given(self) -> Iterator[str]:
        dated = self.against is not None or self.ledger is not None
        given = {
            "--task": self.task,
            "--policy": self.policy,
            "-n": self.rows,
            "--variants": self.variants,
            "--samples": self.samples or None,
            "--ledger": masked(self.ledger_url) if dated else None,
            "--budget": None if self.budget is None else self.budget.plain,
            "--against": None if self.against is None else masked(self.against),
            "--against-run": self.against_run,
            "--tolerance": None if self.against is None else self.tolerance,
            "--seed": self.seed or None,
        }
        yield from typed(given)
        for name in self.annotators:
            yield from ("--annotator", name)


def _place(url: str) -> Path | str:
    """What tells one ledger from another, however it is written."""
    path = ledger_file(url)
    return url if path is None else path.resolve()
