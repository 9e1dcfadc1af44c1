"""What `stepladder gold` was asked to do."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stepladder.cli.output import ledger_for
from stepladder.cli.typed import typed
from stepladder.errors import UserError
from stepladder.ledger import masked


@dataclass(frozen=True, slots=True)
class GoldRequest:
    """The command's arguments and options as they were given."""

    candidates: Path
    task: Path
    ledger: str | None
    rows: int
    seed: int
    stratify: bool
    policy: Path | None
    sheet: Path | None
    back: Path | None
    """A sheet that comes back."""
    run: str

    @property
    def ledger_url(self) -> str:
        """Where gold is kept."""
        return ledger_for(self.candidates, self.ledger)

    def check(self) -> None:
        """Raise UserError when the options do not go together."""
        if self.sheet is not None and self.back is not None:
            raise UserError("--sheet writes a sheet and --from reads one; give one of them")
        if self.stratify and self.policy is None:
            raise UserError(
                "--stratify needs --policy P.toml: the votes of its first tier make the strata"
            )

    @property
    def command(self) -> str:
        """The same command again, as one would type it, without its sheets."""
        return shlex.join(["stepladder", "gold", str(self.candidates), *self._given()])

    @property
    def next_command(self) -> str:
        """What to do with the gold."""
        words = ["stepladder", "label", str(self.candidates), "--task", str(self.task)]
        words += ["--policy", str(self.policy or "POLICY.toml")]
        words += ["--ledger", masked(self.ledger)] if self.ledger else []
        return shlex.join(words)

    def _given(self) -> Iterator[str]:
        given = {
            "--task": self.task,
            "--ledger": None if self.ledger is None else masked(self.ledger),
            "--n": self.rows,
            "--seed": self.seed or None,
            "--policy": self.policy,
            "--run": self.run or None,
        }
        yield from typed(given)
        if self.stratify:
            yield "--stratify"
