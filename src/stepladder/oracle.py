"""The face for existing active-learning code: texts in, labels out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Self

from stepladder.annotators import Annotator, LabelFunction
from stepladder.digest import digest
from stepladder.engine import Run, RunOptions, Setup, event_loop
from stepladder.engine.setup import set_up
from stepladder.errors import UserError
from stepladder.labels import Labels
from stepladder.policy import load_policy
from stepladder.policy.load import policy_folder
from stepladder.task import load_task
from stepladder.task.template import template_columns
from stepladder.types import Candidate, CandidateKey, Decision, Usd

ID_DIGITS = 20
"""The same text is the same candidate, in whichever call it comes: its id is its digest."""
Text = str | Mapping[str, str]
"""A text, or a row of columns for a template with more than one."""


class Oracle:
    """Labels texts by a task and a policy, inside a budget that all its calls share.

    Every call goes through one ledger: a text that was labelled before is not paid
    for again, in this process or the next.
    """

    def __init__(self, setup: Setup, options: RunOptions) -> None:
        self._setup = setup
        self._options = options

    @classmethod
    def from_files(
        cls,
        *,
        task: Path | str,
        policy: Path | str,
        ledger: str | None = None,
        budget: Decimal | int | str | None = None,
        wages: Decimal | int | str | None = None,
        annotators: Mapping[str, Annotator | LabelFunction] | None = None,
        run: str = "",
        seed: int = 0,
    ) -> Self:
        """An oracle for a task.toml and a policy.toml (or a shipped policy's name).

        `budget` and `wages` are USD and replace the policy's; `annotators` are those
        of kind `custom`, by name. The ledger is by default a SQLite file named after
        the task in the current folder. Raises UserError for whatever would stop a run.
        """
        loaded = load_task(task)
        setup = set_up(
            loaded,
            load_policy(policy),
            policy_folder(policy),
            day=datetime.now(UTC).date(),
            custom=annotators,
        )
        options = RunOptions(
            ledger=ledger or f"sqlite:///{loaded.name}.ledger.db",
            run=run,
            budget=_amount(budget),
            wages=_amount(wages),
            seed=seed,
        )
        return cls(setup, options)

    def label(self, texts: Sequence[Text], *, gold: Sequence[str | None] | None = None) -> Labels:
        """Label texts; also from inside a running event loop, such as a notebook's.

        `gold` are trusted labels where there are any (None elsewhere): a share of them
        calibrates. Raises UserError, OverrunError or CredentialsError when the run
        cannot go on; what was paid for is in the ledger, so the same call resumes. An
        interruption (the stop button of a notebook) lets calls in flight finish, and makes
        no others; a second one gives them up.
        """
        return event_loop.run_anywhere(self.label_async(texts, gold=gold))

    async def label_async(
        self, texts: Sequence[Text], *, gold: Sequence[str | None] | None = None
    ) -> Labels:
        """Label texts, for callers that are asynchronous themselves."""
        candidates = self._candidates(texts, gold)
        unique = list({candidate.key: candidate for candidate in candidates}.values())
        found: dict[CandidateKey, Decision] = {}
        if unique:
            run = Run(self._setup, unique, self._options)
            async for finished in run.decisions():
                found[finished.decision.key] = finished.decision
        return Labels(
            tuple(found[candidate.key] for candidate in candidates), self._setup.task.label_names
        )

    def _candidates(
        self, texts: Sequence[Text], gold: Sequence[str | None] | None
    ) -> list[Candidate]:
        if isinstance(texts, str):
            raise UserError("label() takes a list of texts, not one text; write [text]")
        truths = gold if gold is not None else [None] * len(texts)
        if len(truths) != len(texts):
            raise UserError(f"{len(texts)} texts but {len(truths)} gold labels; give one for each")
        return [
            self._candidate(number, text, truth)
            for number, (text, truth) in enumerate(zip(texts, truths, strict=True))
        ]

    def _candidate(self, number: int, text: Text, gold: str | None) -> Candidate:
        needed = template_columns(self._setup.task.text)
        columns = dict(text) if isinstance(text, Mapping) else {needed[0]: text}
        for column in needed:
            value = columns.get(column)
            if not isinstance(value, str) or not value.strip():
                raise UserError(
                    f"text number {number}: no {column!r}, which the task's template names"
                )
        if gold is not None and gold not in self._setup.task.labels:
            raise UserError(
                f"text number {number}: gold {gold!r} is not one of "
                f"{', '.join(self._setup.task.labels)}"
            )
        return Candidate(
            id=digest(*(columns[c] for c in needed))[:ID_DIGITS], columns=columns, gold=gold
        )


def _amount(usd: Decimal | int | str | None) -> Usd | None:
    if usd is None:
        return None
    if isinstance(usd, float):
        raise UserError(f"budget {usd!r}: give a Decimal or a string, money is exact here")
    try:
        return Usd.of(usd)
    except ArithmeticError as problem:
        raise UserError(f"budget {usd!r}: not an amount in USD ({problem})") from None
