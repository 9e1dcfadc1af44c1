"""What an earlier start of a run found in the same candidates, kept in its ledger.

A look through a million candidates takes a minute; to see that they are the same, a second.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from stepladder.digest import digest
from stepladder.engine.intake import Intake
from stepladder.engine.setup import Setup
from stepladder.errors import LedgerError
from stepladder.ledger import Ledger, connect
from stepladder.ledger.read import intake as stored_intake
from stepladder.policy import RecordedSpec
from stepladder.task.candidates_file import CandidatesFile
from stepladder.version import VERSION


def key_of(setup: Setup, policy_folder: Path, candidates: CandidatesFile, seed: int) -> str:
    """Digest of all that a look through the candidates goes by; the file is read for it.

    That is the file's content, the task, the policy, today's prices, recordings, the seed and
    the version of this program. Raises TableError when the candidates cannot be read.
    """
    policy = setup.policy
    specs = [policy.annotators[name] for name in setup.rates]
    recordings = [policy_folder / s.recording for s in specs if isinstance(s, RecordedSpec)]
    return digest(
        VERSION,
        candidates.digest(),
        candidates.path.suffix,
        candidates.limit,
        setup.task.model_dump(mode="json"),
        policy.model_dump(mode="json"),
        {name: repr(rate) for name, rate in setup.rates.items()},
        [sha256(path.read_bytes()).hexdigest() for path in recordings],
        seed,
    )


def recalled(url: str, run: str, key: str) -> Intake | None:
    """The intake that the run's ledger has under this key; None too if there is no such ledger."""
    try:
        engine = connect(url, must_exist=True)
    except LedgerError:
        # Whatever is wrong with it is said when the run opens it.
        return None
    try:
        stored = stored_intake(engine, run, key)
    finally:
        engine.dispose()
    if stored is None:
        return None
    try:
        found = TypeAdapter(Intake).validate_json(stored)
    except ValidationError:
        # A ledger is data, perhaps of a stranger: what cannot be read is found out anew.
        return None
    return replace(found, key=key, noted=True)


async def note(ledger: Ledger, intake: Intake) -> None:
    """Keep the intake in the run's ledger, unless it has no key or is there already."""
    if not intake.key or intake.noted:
        return
    price = intake.estimate and replace(intake.estimate, routes=())
    body = TypeAdapter(Intake).dump_json(replace(intake, estimate=price))
    await ledger.add_intake(intake.key, body.decode())
