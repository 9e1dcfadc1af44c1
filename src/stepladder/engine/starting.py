"""What the ledger notes when a run starts."""

from __future__ import annotations

import orjson

from stepladder.digest import digest
from stepladder.engine.basis import policy_digest
from stepladder.engine.setup import RunOptions, Setup
from stepladder.ledger import Money, RunStart
from stepladder.task import Task
from stepladder.version import VERSION


def start_of(setup: Setup, options: RunOptions, limits: Money, shared: str) -> RunStart:
    """A start of the run that `options` name; `limits` are its own, or those of `shared`."""
    task, policy = setup.task, setup.policy
    return RunStart(
        name=options.run or task.name,
        task=task.name,
        labels=labels_of(task),
        task_digest=digest(task.model_dump(mode="json")),
        policy_digest=policy_digest(setup),
        policy=policy.model_dump_json(),
        seed=options.seed,
        budget=limits.usd,
        wages=limits.wages,
        version=VERSION,
        shared=shared,
    )


def labels_of(task: Task) -> str:
    """The task's labels as the ledger has them, which tells one task's ledger from another's."""
    return orjson.dumps(task.label_names).decode()
