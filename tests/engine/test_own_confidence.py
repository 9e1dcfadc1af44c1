"""Confidence of an annotator of one's own: probabilities of the task's labels, or an error."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cascade import CENT, TASK, Cascade, candidates

from stepladder.annotators import Answer, Reply, ScriptedAnnotator
from stepladder.engine import Finished
from stepladder.engine.trial import try_out
from stepladder.types import (
    FIRST,
    NO_CONFIDENCE,
    Candidate,
    Confidence,
    Draw,
    Source,
    Status,
    Unlabelled,
    Usage,
)


class Own(ScriptedAnnotator):
    """Gives whatever confidence it likes, for one token; two are held for it."""

    def __init__(self, confidence: Any) -> None:
        usage, bound = Usage(input=1), Usage(input=2)
        super().__init__("weak", {"*": "yes"}, TASK, usage=usage, bound=bound)
        self._given = confidence

    async def ask(self, candidate: Candidate, draw: Draw = FIRST) -> Reply:
        reply = await super().ask(candidate, draw)
        assert isinstance(reply, Answer)
        return replace(reply, confidence=self._given)


def stated(by_label: Any) -> Confidence:
    return Confidence(Source.STATED, by_label)


async def label(folder: Path, confidence: Any) -> Finished:
    (found,) = await Cascade(folder, Own(confidence), weak_accept={"agree": 1}).label(candidates(1))
    return found


@pytest.mark.parametrize(
    ("confidence", "problem"),
    [
        (stated({"yes": "high"}), "gave 'yes' the probability 'high'; it goes from 0 to 1"),
        (stated({"yes": None}), "gave 'yes' the probability None; it goes from 0 to 1"),
        (stated({"yes": nan}), "gave 'yes' the probability nan; it goes from 0 to 1"),
        (stated({"yes": 3.0}), "gave 'yes' the probability 3.0; it goes from 0 to 1"),
        (stated({"zzz": 1.0}), "gave 'zzz' a probability; known: yes, no"),
        (stated({"yes": 0.5, "no": 0.1}), "gave every label a probability, and they sum to 0.6"),
        (stated(None), "gave the confidence None; give a probability by label"),
        (None, "gave the confidence None; give a Confidence with a Source"),
        ({"yes": 0.9}, "gave the confidence {'yes': 0.9}; give a Confidence with a Source"),
        (Confidence("sure", {"yes": 0.9}), "give a Confidence with a Source"),  # type: ignore[arg-type]
    ],
)
async def test_what_is_no_probability_is_an_error_that_is_paid_for(
    tmp_path: Path, confidence: Any, problem: str
) -> None:
    found = await label(tmp_path, confidence)
    assert found.decision.status is Status.FAILED
    assert found.decision.cost == CENT
    outcome = found.votes[0].outcome
    assert isinstance(outcome, Unlabelled)
    assert outcome.detail.startswith("weak: candidate 'c0': gave ")
    assert problem in outcome.detail
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as ledger:
        settled = ledger.execute("SELECT outcome, cost_pico FROM settlement").fetchall()
    assert settled == [("failed", CENT.pico)]


@pytest.mark.parametrize(
    ("confidence", "kept"),
    [
        (NO_CONFIDENCE, {}),
        (stated({}), {}),
        (stated({"yes": 0.8}), {"yes": 0.8}),
        (stated({np.str_("yes"): np.float32(0.75)}), {"yes": 0.75}),
        # Beside the first tokens of all labels, a model thinks of others.
        (Confidence(Source.TOKEN_PROBABILITIES, {"yes": 0.5, "no": 0.1}), {"yes": 0.5, "no": 0.1}),
    ],
)
async def test_probabilities_are_kept_as_plain_numbers(
    tmp_path: Path, confidence: Confidence, kept: dict[str, float]
) -> None:
    found = await label(tmp_path, confidence)
    assert found.decision.label == "yes"
    assert found.votes[0].confidence == Confidence(confidence.source, kept)


async def test_trying_it_tells_as_well(tmp_path: Path) -> None:
    setup = Cascade(tmp_path, Own(stated({"yes": 3.0}))).run([]).setup
    (about,) = (await try_out(setup, candidates(1))).about
    weak = next(tried for tried in about.tried if tried.call.annotator == "weak")
    assert weak.label is None
    assert "gave 'yes' the probability 3.0; it goes from 0 to 1" in weak.problem
    assert weak.cost == CENT
