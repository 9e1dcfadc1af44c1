"""A user's own function as an annotator."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from stepladder.annotators.base import Answer, Reply
from stepladder.annotators.in_process import InProcess
from stepladder.digest import digest
from stepladder.errors import AnnotatorError, RejectedError
from stepladder.task import Task, read_answer
from stepladder.types import FIRST, NO_CONFIDENCE, Candidate, Confidence, Draw, Source
from stepladder.types.distribution import flaw

Said = str | tuple[str, Mapping[str, float]]
"""What a user's function returns: a label, or a label and the probability of each."""
LabelFunction = Callable[[Candidate], Said | Awaitable[Said]]
"""A user's function: it sees the candidate and says a label."""


class FunctionAnnotator(InProcess):
    """Asks a function, sync (in a thread of its own) or async.

    ::

        def by_length(candidate):
            return "long" if len(candidate.columns["text"]) > 80 else "short"

        FunctionAnnotator("mine", by_length, task)

    The function returns a label, or a pair of a label and a mapping with the
    probability of each, which sum to 1; labels that are left out share the rest. Its
    answers are remembered by the candidate's columns and by `version`: change that when
    the function changes.
    """

    def __init__(
        self, name: str, function: LabelFunction, task: Task, *, version: str = ""
    ) -> None:
        super().__init__(name)
        self._function = function
        self._task = task
        self._version = version

    def key(self, candidate: Candidate, draw: Draw = FIRST) -> str:
        """Digest of name, version, id, question and all columns but the gold."""
        seen = sorted(
            (column, value)
            for column, value in candidate.columns.items()
            if column != self._task.columns.gold
        )
        return digest("function", self.name, self._version, *candidate.key, repr(seen), *draw.parts)

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:  # noqa: ARG002
        """What the function says; raises RejectedError when it raises anything of its own."""
        try:
            said = await self._call(candidate)
        except AnnotatorError:
            raise
        except Exception as problem:
            raise self._rejected(candidate, f"{type(problem).__name__}: {problem}") from problem
        return self._answer(candidate, said)

    async def _call(self, candidate: Candidate) -> Any:
        if inspect.iscoroutinefunction(self._function):
            return await self._function(candidate)
        said = await asyncio.to_thread(self._function, candidate)
        # An object with an async __call__, or a lambda around a coroutine.
        return await said if inspect.isawaitable(said) else said

    def _answer(self, candidate: Candidate, said: Any) -> Answer:
        match said:
            case str():
                return Answer(read_answer(self._task, said), text=said)
            case (str() as label, Mapping() as probabilities):
                confidence = self._confidence(candidate, probabilities)
                return Answer(read_answer(self._task, label), confidence, text=label)
            case _:
                raise self._rejected(
                    candidate, f"returned {said!r:.80}; return a label, or (label, probabilities)"
                )

    def _confidence(self, candidate: Candidate, given: Mapping[Any, Any]) -> Confidence:
        if problem := flaw(given, self._task.labels):
            raise self._rejected(candidate, problem)
        if not given:
            return NO_CONFIDENCE
        return Confidence(Source.STATED, {label: float(p) for label, p in given.items()})

    def _rejected(self, candidate: Candidate, problem: str) -> RejectedError:
        return RejectedError(f"{self.name}: candidate {candidate.id!r}: {problem}")
