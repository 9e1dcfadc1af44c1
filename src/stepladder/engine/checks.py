"""Everything that would stop a run, found before it starts."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from stepladder.engine.check_annotators import check_annotators
from stepladder.engine.check_gold import check_gold
from stepladder.engine.findings import Findings
from stepladder.engine.intake import Intake, Observer
from stepladder.engine.ledger_gold import gold_in
from stepladder.engine.noted import key_of, recalled
from stepladder.engine.setup import Setup
from stepladder.engine.survey import survey
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
    priced: bool = False
    """Whether the price is wanted too."""
    ledger: str = ""
    """URL of the ledger with gold, in which an earlier start may have noted what it found."""
    run: str = ""
    """The run's name in the ledger; by default the task's."""

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
    intake: Intake | None = None
    """None unless setup and candidates can be used."""


async def check(wanted: Wanted, day: date, observers: Sequence[Observer] = ()) -> Checked:
    """Look at everything; nothing is paid and no model is asked.

    Keys, answers files and recordings are looked up, servers of the user's own only
    asked whether they are there, and local models not started. `observers` are shown every
    candidate, unless an earlier start noted in the ledger what there is to be found.
    """
    findings = Findings()
    task = _task(wanted.task, findings)
    policy = _policy(wanted.policy, findings)
    setup = None
    if task is not None and policy is not None:
        path = policy_path(wanted.policy)
        setup = await check_annotators(task, policy, path, wanted.policy_folder, day, findings)
    candidates = intake = None
    if wanted.candidates is not None:
        with findings.catching():
            candidates = _readable(wanted, wanted.candidates, task)
            if candidates is not None:
                intake = _intake(wanted, setup, candidates, findings, observers)
    return Checked(findings, setup, candidates, intake)


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


def _readable(wanted: Wanted, path: Path, task: Task | None) -> CandidatesFile | None:
    if task is None:
        deque(read_rows(path), maxlen=0)
        return None
    return CandidatesFile(path, task, wanted.limit, gold_in(wanted.ledger, task))


def _intake(
    wanted: Wanted,
    setup: Setup | None,
    candidates: CandidatesFile,
    findings: Findings,
    observers: Sequence[Observer],
) -> Intake | None:
    if setup is None:
        deque(candidates, maxlen=0)
        return None
    key = key_of(setup, wanted.policy_folder, candidates, wanted.seed) if wanted.ledger else ""
    intake = recalled(wanted.ledger, wanted.run or setup.task.name, key) if key else None
    if intake is None:
        intake = survey(setup, candidates, wanted.seed, findings, observers, priced=wanted.priced)
        intake = replace(intake, key=key)
    for message in intake.warnings:
        findings.warn(message)
    if wanted.calibrates:
        check_gold(setup, intake, findings)
    return intake
