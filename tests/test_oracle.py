"""The oracle: texts in, labels out, in every situation that active-learning code is in."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stepladder import Labels, Oracle
from stepladder.errors import LedgerBusyError, PolicyError, TaskError, UserError
from stepladder.types import Candidate, Status

TASK = """
name = "parity"
instructions = "Is the number of letters even or odd?"
labels = ["even", "odd"]
"""
POLICY = """
name = "rule"
[budget]
usd = 1
wages = 1
[annotators.rule]
kind = "custom"
price = "free"
[annotators.person]
kind = "human"
[[tiers]]
name = "rule"
ask = "rule"
accept = { probability = 0.9 }
[[tiers]]
name = "person"
ask = "person"
"""


class Rule:
    """Sure of words, unsure of anything with a space, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, candidate: Candidate) -> tuple[str, dict[str, float]]:
        text = candidate.columns["text"]
        self.asked.append(text)
        label = "odd" if len(text) % 2 else "even"
        other = "even" if label == "odd" else "odd"
        sure = 0.6 if " " in text else 0.99
        return label, {label: sure, other: 1 - sure}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "task.toml").write_text(TASK)
    (tmp_path / "policy.toml").write_text(POLICY)
    return tmp_path


def oracle(folder: Path, rule: Any, **more: Any) -> Oracle:
    return Oracle.from_files(
        task=folder / "task.toml",
        policy=folder / "policy.toml",
        ledger=f"sqlite:///{folder / 'ledger.db'}",
        annotators={"rule": rule},
        **more,
    )


def test_one_entry_per_text_in_their_order(folder: Path) -> None:
    labels = oracle(folder, Rule()).label(["abc", "ab", "a b", "abc"])
    assert list(labels.y) == ["odd", "even", None, "odd"]
    assert labels.ok.tolist() == [True, True, False, True]
    assert labels.status == (Status.LABELLED, Status.LABELLED, Status.PENDING, Status.LABELLED)
    assert labels.cost == (Decimal(0),) * 4
    assert labels.proba.shape == (4, 2)
    assert labels.classes == ("even", "odd")
    assert labels.proba[0, 1] > 0.9
    assert np.allclose(labels.proba.sum(axis=1), 1)


def test_the_same_text_is_asked_once_and_in_no_later_call(folder: Path) -> None:
    rule = Rule()
    asker = oracle(folder, rule)
    first = asker.label(["abc", "abc", "ab"])
    second = asker.label(["ab", "abc"])
    third = oracle(folder, rule).label(["abc"])
    assert sorted(rule.asked) == ["ab", "abc"]
    assert [*first.y, *second.y, *third.y] == ["odd", "odd", "even", "even", "odd", "odd"]


def test_inside_a_running_event_loop(folder: Path) -> None:
    async def notebook() -> Labels:
        return oracle(folder, Rule()).label(["abc"])

    assert list(asyncio.run(notebook()).y) == ["odd"]


async def test_for_asynchronous_callers(folder: Path) -> None:
    labels = await oracle(folder, Rule()).label_async(["abc"])
    assert list(labels.y) == ["odd"]


def test_from_threads_one_run_at_a_time(folder: Path) -> None:
    def label(name: str) -> list[str]:
        return list(oracle(folder, Rule(), run=name).label(["abc", "ab"]).y)

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(label, ["a", "b", "c", "d"]))
    assert answers == [["odd", "even"]] * 4


def test_the_same_run_twice_at_once_is_an_error(folder: Path) -> None:
    def nested(candidate: Candidate) -> str:
        with pytest.raises(LedgerBusyError, match="another process"):
            oracle(folder, Rule()).label(["ab"])
        return "odd"

    labels = oracle(folder, nested).label(["abc"])
    assert labels.status == (Status.PENDING,)


def test_gold_calibrates(folder: Path) -> None:
    (folder / "policy.toml").write_text(POLICY + "\n[calibration]\nminimum = 10\n")
    texts = [("x" * n) for n in range(1, 81)]
    gold = ["odd" if len(text) % 2 else "even" for text in texts]
    labels = oracle(folder, Rule()).label([*texts, "abc d"], gold=[*gold, None])
    assert list(labels.y[:-1]) == gold
    assert {d.route for d in labels} >= {("gold",), ("rule",)}
    assert all(decision.calibrated for decision in labels)


def test_rows_for_a_template_with_several_columns(folder: Path) -> None:
    (folder / "task.toml").write_text(TASK + 'text = "{title}: {text}"\n')
    labels = oracle(folder, Rule()).label([{"title": "t", "text": "abc"}])
    assert list(labels.y) == ["odd"]


def test_no_texts_are_no_labels(folder: Path) -> None:
    labels = oracle(folder, Rule()).label([])
    assert (len(labels), labels.y.shape, labels.proba.shape) == (0, (0,), (0, 2))


@pytest.mark.parametrize(
    ("texts", "gold", "says"),
    [
        ("abc", None, "takes a list of texts"),
        (["abc", " "], None, "text number 1: no 'text'"),
        ([{"body": "abc"}], None, "text number 0: no 'text'"),
        ([float("nan")], None, "text number 0"),
        (["abc"], ["odd", "even"], "1 texts but 2 gold labels"),
        (["abc"], ["odder"], "gold 'odder' is not one of even, odd"),
    ],
)
def test_what_a_caller_can_get_wrong(folder: Path, texts: Any, gold: Any, says: str) -> None:
    with pytest.raises(UserError, match=says):
        oracle(folder, Rule()).label(texts, gold=gold)


def test_money_as_a_float_is_refused(folder: Path) -> None:
    with pytest.raises(UserError, match="money is exact"):
        oracle(folder, Rule(), budget=0.1)


def test_missing_files_and_annotators_are_named(folder: Path) -> None:
    with pytest.raises(TaskError, match=r"nowhere\.toml: no such file"):
        Oracle.from_files(task=folder / "nowhere.toml", policy=folder / "policy.toml")
    with pytest.raises(PolicyError, match=r"annotators\.rule"):
        Oracle.from_files(task=folder / "task.toml", policy=folder / "policy.toml")


def test_answers_that_raise_are_failures_not_labels(folder: Path) -> None:
    def broken(candidate: Candidate) -> str:
        raise RuntimeError("out of order")

    labels = oracle(folder, broken).label(["abc"])
    assert labels.status == (Status.PENDING,)
    assert np.isnan(labels.proba).all()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C, and the stop button of a notebook, raise KeyboardInterrupt in the main thread."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt() -> None:
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def in_a_notebook(asker: Oracle, texts: Sequence[str]) -> None:
    async def cell() -> None:
        asker.label(texts)

    # Not `asyncio.run`, which would take the signal for itself.
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(cell())
    finally:
        loop.close()


@pytest.mark.usefixtures("interruptible")
def test_an_interrupted_notebook_asks_nobody_any_more(folder: Path) -> None:
    rule = Rule()

    async def slow(candidate: Candidate) -> tuple[str, dict[str, float]]:
        if len(rule.asked) == 3:
            interrupt()
        said = rule(candidate)
        await asyncio.sleep(0.05)
        return said

    texts = ["x" * n for n in range(1, 300)]
    with pytest.raises(KeyboardInterrupt):
        in_a_notebook(oracle(folder, slow), texts)
    asked = list(rule.asked)
    assert 3 < len(asked) < 100
    # Calls in flight were answered, and are not made again.
    assert len(oracle(folder, slow).label(texts)) == len(texts)
    assert sorted(rule.asked) == sorted(texts)


@pytest.mark.usefixtures("interruptible")
def test_a_second_interruption_gives_up_calls_in_flight(folder: Path) -> None:
    asked: list[str] = []
    timers = [threading.Timer(seconds, interrupt) for seconds in (0.3, 0.6)]

    async def hanging(candidate: Candidate) -> str:
        asked.append(candidate.id)
        if len(asked) == 2:
            for timer in timers:
                timer.start()
        await asyncio.sleep(60)
        return "odd"

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        in_a_notebook(oracle(folder, hanging), ["abc", "ab"])
    assert time.monotonic() - began < 30
    assert len(asked) == 2
    assert not [t for t in threading.enumerate() if t.name.startswith("stepladder")]
    # The ledger was closed: it is free for the next call.
    assert list(oracle(folder, Rule()).label(["a"]).y) == ["odd"]
