"""Which of the task's labels a recorded vote means."""

from __future__ import annotations

from dataclasses import replace

from stepladder.task import Task
from stepladder.task.answer import AnswerReader
from stepladder.types import NO_CONFIDENCE, Labelled, Vote
from stepladder.types.distribution import flaw


class LabelReader:
    """Reads votes against one task's labels."""

    def __init__(self, task: Task) -> None:
        self._labels = task.label_names
        self._reader = AnswerReader.of(task)

    def knows(self, said: str) -> bool:
        """Whether this means one of the task's labels."""
        return isinstance(self._reader.read(said), Labelled)

    def read(self, vote: Vote) -> Vote:
        """The vote with the label that it means, without one where that is none of the task's.

        Raises ValueError when its confidence is no probability of the task's labels.
        """
        if not isinstance(vote.outcome, Labelled):
            return vote
        said = vote.outcome.label
        outcome = self._reader.read(said)
        if not isinstance(outcome, Labelled):
            return replace(vote, outcome=outcome, confidence=NO_CONFIDENCE)
        by_label = {
            outcome.label if label == said else label: share
            for label, share in vote.confidence.by_label.items()
        }
        # Beside the labels, a model may have thought of others.
        problem = flaw(by_label, self._labels, open_ended=True)
        if problem:
            raise ValueError(problem)
        return replace(
            vote, outcome=outcome, confidence=replace(vote.confidence, by_label=by_label)
        )
