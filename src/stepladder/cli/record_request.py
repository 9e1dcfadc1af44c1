"""What `stepladder record` was asked to do."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stepladder.cli.output import ledger_for
from stepladder.cli.typed import typed
from stepladder.engine import RunOptions
from stepladder.errors import UserError
from stepladder.ledger import masked
from stepladder.nearest import did_you_mean
from stepladder.policy import LitellmSpec, Policy, Tier, confidence_of, load_policy
from stepladder.policy.load import policy_folder, policy_path
from stepladder.task import Task
from stepladder.types import Usd


@dataclass(frozen=True, slots=True)
class RecordRequest:
    """The command's arguments and options as they were given."""

    candidates: Path
    task: Path
    annotators: tuple[str, ...]
    policy: Path | None
    out: Path | None
    rows: int | None
    every: bool
    ledger: str | None
    budget: Usd | None
    seed: int

    @property
    def output(self) -> Path:
        """Where the recording goes."""
        return self.out or self.candidates.with_name(f"{self.candidates.stem}.recording.jsonl")

    @property
    def ledger_url(self) -> str:
        """Where money and answers are kept: `label` finds them there."""
        return ledger_for(self.candidates, self.ledger)

    @property
    def policy_file(self) -> Path:
        """Where errors point to."""
        return Path("--annotators") if self.policy is None else policy_path(self.policy)

    @property
    def folder(self) -> Path:
        """Where the policy's relative paths begin."""
        return Path() if self.policy is None else policy_folder(self.policy)

    def asking(self) -> Policy:
        """A ladder of all of them, each asked as its own tier of the policy has it."""
        if self.policy is None:
            return self._by_model()
        policy = load_policy(self.policy)
        names = self.annotators or policy.machines
        for name in names:
            if name not in policy.annotators:
                near = did_you_mean(name, policy.annotators)
                raise UserError(f"--annotators {name}: not in the policy; {near}")
            if policy.is_person(name):
                raise UserError(
                    f"--annotators {name}: is a person; people's answers are gold: "
                    "`stepladder gold` collects them"
                )
        return policy.model_copy(
            update={
                "tiers": tuple(
                    Tier(name=name, ask=(name,), confidence=confidence_of(policy, name))
                    for name in names
                )
            }
        )

    def _by_model(self) -> Policy:
        if not self.annotators:
            raise UserError("whom to ask? give --annotators A,B,C, or --policy P.toml")
        return Policy(
            name="record",
            annotators={name: LitellmSpec(kind="litellm", model=name) for name in self.annotators},
            tiers=tuple(Tier(name=name, ask=(name,)) for name in self.annotators),
        )

    def options(self, task: Task) -> RunOptions:
        """The engine's part; the run has a name of its own beside the one that labels."""
        return RunOptions(
            self.ledger_url, f"{task.name} (record)", budget=self.budget, seed=self.seed
        )

    @property
    def command(self) -> str:
        """The same command again, as one would type it."""
        return shlex.join(["stepladder", "record", str(self.candidates), *self._given()])

    def _given(self) -> Iterator[str]:
        given = {
            "--task": self.task,
            "--annotators": ",".join(self.annotators) or None,
            "--policy": self.policy,
            "--out": self.out,
            "-n": self.rows,
            "--ledger": None if self.ledger is None else masked(self.ledger),
            "--budget": None if self.budget is None else self.budget.plain,
            "--seed": self.seed or None,
        }
        yield from typed(given)
        if self.every:
            yield "--all"
