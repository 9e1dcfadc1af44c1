"""Answers written down beforehand, for tests of one's own pipeline."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat
from typing import TypeVar

from stepladder.annotators.base import Answer, Reply
from stepladder.annotators.in_process import InProcess
from stepladder.digest import digest
from stepladder.errors import AnnotatorError, RejectedError
from stepladder.task import Task, read_answer
from stepladder.types import (
    FIRST,
    NO_CONFIDENCE,
    UNUSED,
    Candidate,
    CandidateKey,
    Confidence,
    Draw,
    Source,
    Usage,
)
from stepladder.types.distribution import flaw

EVERY_OTHER = "*"
"""Stands for every candidate id that is not named."""

Said = TypeVar("Said")


class ScriptedAnnotator(InProcess):
    """Says what its script says; '*' stands for every other candidate id.

    ::

        ScriptedAnnotator("weak", {"1": "yes", "*": "no"}, task,
                          confidence={"1": {"yes": 0.9, "no": 0.1}},
                          errors={"2": [UnavailableError("down", free=True)]})

    Answers are read as any annotator's are: what names no label is a vote without
    one. A candidate that the script does not know raises RejectedError.
    """

    def __init__(
        self,
        name: str,
        answers: Mapping[str, str],
        task: Task,
        *,
        by_draw: Mapping[Draw, Mapping[str, str]] | None = None,
        confidence: Mapping[str, Mapping[str, float]] | None = None,
        source: Source = Source.STATED,
        errors: Mapping[str, AnnotatorError | Iterable[AnnotatorError]] | None = None,
        delays: Mapping[str, float] | None = None,
        usage: Usage | None = None,
        bound: Usage | None = None,
    ) -> None:
        """`confidence` by id and label, of `source`; `delays` in seconds by id.

        `by_draw` holds what it says at one draw, where that is something else; it is asked
        for several where its tier takes confidence from samples or variants.
        `errors` by id: one is raised every time, several one after the other before
        the answer. `usage` is that of every attempt (by default one request without
        tokens), `bound` the most it claims to use (by default the usage).

        Raises ValueError for a confidence that is no probability of the task's labels.
        """
        super().__init__(name)
        self._task = task
        _check(name, confidence or {}, task)
        self._answers = dict(answers)
        self._by_draw = dict(by_draw or {})
        self._confidence = dict(confidence or {})
        self._source = source
        self._errors = {id_: _in_turn(given) for id_, given in (errors or {}).items()}
        self._delays = dict(delays or {})
        self._usage = usage or Usage()
        self._bound = bound or self._usage
        self.asked: list[CandidateKey] = []
        """What it was asked, in order, failed attempts included."""
        self.draws: list[Draw] = []
        """At which draw, as long as `asked`."""

    def bound(self, candidate: Candidate, draw: Draw = FIRST) -> Usage:  # noqa: ARG002
        """What it claims to use at most."""
        return self._bound

    def key(self, candidate: Candidate, draw: Draw = FIRST) -> str:
        """Digest of the name, the id, the question, the draw and what the script says."""
        said = self._said(candidate, draw)
        confidence = repr(_for(self._confidence, candidate))
        return digest("scripted", self.name, *candidate.key, repr(said), confidence, *draw.parts)

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:
        """The script's answer; raises the script's errors, and RejectedError off the script."""
        self.asked.append(candidate.key)
        self.draws.append(draw)
        await asyncio.sleep(_for(self._delays, candidate) or 0)
        error = next(_for(self._errors, candidate) or iter(()), None)
        if error is not None:
            raise error
        said = self._said(candidate, draw)
        if said is None:
            raise RejectedError(
                f"{self.name}: the script has no answer for candidate {candidate.id!r}; "
                f"add it, or {EVERY_OTHER!r} for every other one",
                billed=UNUSED,
                free=True,
            )
        by_label = _for(self._confidence, candidate)
        confidence = Confidence(self._source, by_label) if by_label else NO_CONFIDENCE
        return Answer(read_answer(self._task, said), confidence, self._usage, self.name, said)

    def _said(self, candidate: Candidate, draw: Draw) -> str | None:
        said = _for(self._by_draw.get(draw, {}), candidate)
        return _for(self._answers, candidate) if said is None else said


def _check(name: str, confidence: Mapping[str, Mapping[str, float]], task: Task) -> None:
    for id_, by_label in confidence.items():
        if problem := flaw(by_label, task.labels):
            raise ValueError(f"{name}: candidate {id_!r}: the script {problem}")


def _for(script: Mapping[str, Said], candidate: Candidate) -> Said | None:
    return script.get(candidate.id, script.get(EVERY_OTHER))


def _in_turn(errors: AnnotatorError | Iterable[AnnotatorError]) -> Iterator[AnnotatorError]:
    return repeat(errors) if isinstance(errors, AnnotatorError) else iter(errors)
