"""Everything that would stop a run, found before it starts."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from stepladder.engine.check_annotators import check_annotators
from stepladder.engine.check_candidates import check_candidates, check_gold
from stepladder.engine.findings import Findings
from stepladder.engine.setup import Setup
from stepladder.policy import Policy, load_policy
from stepladder.policy.load import policy_folder, policy_path
from stepladder.strict_toml import located
from stepladder.tables import read_rows
from stepladder.task import Task, load_task
from stepladder.task.candidates_file import CandidatesFile

PLACEHOLDERS = ("first label", "second label")
"""The labels that `stepladder init` writes where it finds none."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a user asked to be run or checked."""

    task: Path
    """task.toml."""
    policy: Path
    """policy.toml, or the bare name of a shipped policy."""
    candidates: Path | None = None
    """The file of candidates; None to check the rest without it."""
    limit: int | None = None
    """Only the first so many candidates."""
    seed: int = 0
    """Chooses the calibration rows."""
    calibrates: bool = True
    """Whether gold is wanted for calibration."""

    @property
    def policy_folder(self) -> Path:
        """Where the policy's relative paths begin: beside it, or here for a shipped one."""
        return policy_folder(self.policy)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found, and what it read on the way."""

    findings: Findings
    setup: Setup | None
    """None when the task, the policy or an annotator cannot be used."""
    candidates: CandidatesFile | None
    """None when there are none, or no task to read them by."""


async def check(wanted: Wanted, day: date) -> Checked:
    """Look at everything; nothing is paid and no model is asked.

    Keys, answers files and recordings are looked up, servers of the user's own only
    asked whether they are there, and local models not started.
    """
    findings = Findings()
    task = _task(wanted.task, findings)
    policy = _policy(wanted.policy, findings)
    setup = None
    if task is not None and policy is not None:
        path = policy_path(wanted.policy)
        setup = await check_annotators(task, policy, path, wanted.policy_folder, day, findings)
    candidates = _candidates(wanted, task, setup, findings)
    return Checked(findings, setup, candidates)


def _task(path: Path, findings: Findings) -> Task | None:
    with findings.catching():
        task = load_task(path)
        for label in PLACEHOLDERS:
            if label in task.labels:
                where = located(path, ("labels", label))
                findings.error(f"{where}: a placeholder; write your own labels there")
        return task
    return None


def _policy(path: Path, findings: Findings) -> Policy | None:
    with findings.catching():
        return load_policy(path)
    return None


def _candidates(
    wanted: Wanted, task: Task | None, setup: Setup | None, findings: Findings
) -> CandidatesFile | None:
    if wanted.candidates is None:
        return None
    with findings.catching():
        if task is None:
            deque(read_rows(wanted.candidates), maxlen=0)
            return None
        candidates = CandidatesFile(wanted.candidates, task, wanted.limit)
        if setup is None:
            deque(candidates, maxlen=0)
        else:
            gold = check_candidates(setup, candidates, findings)
            if wanted.calibrates:
                check_gold(setup, gold, wanted.seed, findings)
        return candidates
    return None
