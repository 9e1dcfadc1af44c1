"""A fit that was made before, beside the policy that was tuned with it."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from stepladder.confidence import Fit
from stepladder.errors import PolicyError
from stepladder.policy import Policy
from stepladder.recording import RecordedRow
from stepladder.recording.identity import candidate_identity, group_identity, identity
from stepladder.types import Candidate


class Frozen(BaseModel):
    """What was learnt from gold, and from which rows: a file of readable JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    version: Literal[1] = Field(default=1, alias="schema")
    """Of this format."""
    recording: str
    """SHA-256 of the recording that it was made from."""
    seed: int
    """Chose the rows."""
    learnt_from: tuple[str, ...]
    """Names (`identity`) of the rows that taught the fit or chose the policy."""
    tested_on: tuple[str, ...]
    """Names of the rows that a promise was tested on; nothing else has seen them."""
    groups: tuple[str, ...] = ()
    """Names (`group_identity`) of their groups, of those that have several rows or may."""
    candidates: tuple[str, ...] = ()
    """Names (`candidate_identity`) of whom those rows are about."""
    fit: Fit

    def has_seen(self, row: RecordedRow) -> bool:
        """Whether the fit, the policy or its promise rest on this very row."""
        return bool(self._seen) and identity(row) in self._seen

    def rests_on(self, candidate: Candidate) -> bool:
        """Whether one of these rows is about the candidate, by its id, question and gold."""
        return bool(self._candidates) and candidate_identity(candidate) in self._candidates

    def knows_group_of(self, row: RecordedRow) -> bool:
        """Whether another row of its group taught or tested: rows of a group are alike."""
        return bool(self.groups) and group_identity(row) in self._groups

    @cached_property
    def _candidates(self) -> frozenset[str]:
        return frozenset(self.candidates)

    @cached_property
    def _groups(self) -> frozenset[str]:
        return frozenset(self.groups)

    @cached_property
    def _seen(self) -> frozenset[str]:
        return frozenset((*self.learnt_from, *self.tested_on))

    def written(self) -> bytes:
        """The file's content."""
        return self.model_dump_json(indent=1, by_alias=True).encode() + b"\n"


def digest_of(content: bytes) -> str:
    """Hexadecimal SHA-256, which the policy names the file by."""
    return sha256(content).hexdigest()


def frozen_fit(policy: Policy, folder: Path, labels: Collection[str]) -> Frozen | None:
    """The fit that the policy names, from its folder; None where it names none.

    Raises PolicyError for a file that is missing, was changed, or is of another task.
    """
    if policy.fitted is None:
        return None
    path = folder / policy.fitted.file
    try:
        content = path.read_bytes()
    except OSError as problem:
        what = problem.strerror or problem
        raise PolicyError(
            f"fitted.file: {path}: cannot be read: {what}; it lies beside the policy "
            "that `stepladder tune` wrote"
        ) from None
    if digest_of(content) != policy.fitted.sha256:
        raise PolicyError(
            f"{path}: not the file that the policy was tuned with (its SHA-256 is another one); "
            "put that one back, or tune again"
        )
    try:
        frozen = Frozen.model_validate_json(content)
    except ValidationError as problem:
        where = ".".join(map(str, problem.errors()[0]["loc"]))
        raise PolicyError(f"{path}: not a fit that this stepladder reads ({where})") from None
    return _checked(frozen, policy, path, labels)


def _checked(frozen: Frozen, policy: Policy, path: Path, labels: Collection[str]) -> Frozen:
    if set(frozen.fit.labels) != set(labels):
        raise PolicyError(
            f"{path}: made for the labels {', '.join(frozen.fit.labels)}; "
            f"the task has {', '.join(labels)}"
        )
    missing = [name for name in policy.machines if name not in frozen.fit.annotators]
    if missing:
        raise PolicyError(
            f"{path}: knows nothing of annotator {missing[0]!r}; name the annotators as they "
            "were when the policy was tuned, or tune again"
        )
    return frozen
