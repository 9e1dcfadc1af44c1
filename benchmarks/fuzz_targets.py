"""What is fuzzed: everything that reads what strangers wrote. Each takes bytes.

A target returns for a value and for an error that its reader documents. Whatever
else it raises is a finding.
"""

from __future__ import annotations

import contextlib
import math
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import orjson

from stepladder.annotators.human import read_answers
from stepladder.annotators.openai_failure import Endpoint, failure, retry_after
from stepladder.annotators.openai_reply import parse_reply
from stepladder.annotators.openai_usage import read_usage
from stepladder.annotators.recording import read_votes
from stepladder.errors import MalformedReplyError, UserError
from stepladder.policy import load_policy
from stepladder.pricing import PriceBook
from stepladder.tables import read_rows
from stepladder.task import (
    AnswerForm,
    Style,
    Task,
    Wanted,
    load_task,
    prompt_frame,
    read_candidates,
)
from stepladder.task.answer import AnswerReader
from stepladder.task.likelihood import LikelihoodReader
from stepladder.task.stated import StatedReader
from stepladder.types import Labelled, Outcome

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "reviews"
FEW = 200
"""Rows read of one file."""


@dataclass(frozen=True, slots=True)
class Target:
    """One reader."""

    run: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    """Inputs to begin with."""


TASKS = tuple(
    Task.model_validate({"name": "t", "instructions": "i", "labels": labels})
    for labels in (
        ["positive", "negative", "mixed"],
        {"yes": {"aliases": ["y", "👍"]}, "no": {"aliases": ["n", "non"]}, "+": ""},
        [f"option {n}" for n in range(40)],
        ["C", "C++", "C#", "cat", "catfish", "A", "B"],
    )
)
ANSWER_READERS = [AnswerReader.of(task, form) for task in TASKS for form in AnswerForm]
LIKELIHOOD_READERS = [LikelihoodReader.of(task, form) for task in TASKS for form in AnswerForm]
TASK = load_task(EXAMPLE / "task.toml")


def answer(data: bytes) -> None:
    """Reads the text of an answer with every reader."""
    text = data.decode("utf-8", "surrogateescape")
    for reader in ANSWER_READERS:
        for cut_off in (False, True):
            _check_outcome(reader, reader.read(text, cut_off=cut_off))
            stated = StatedReader(reader).read(text, cut_off=cut_off)
            _check_outcome(reader, stated.outcome)
            assert all(0 <= share <= 1 for share in stated.confidence.by_label.values())


def _check_outcome(reader: AnswerReader, outcome: Outcome) -> None:
    if isinstance(outcome, Labelled):
        assert outcome in reader.known.values()
    else:
        assert len(outcome.detail) <= 200


def reply(data: bytes) -> None:
    """Parses a provider's reply and reads what it says."""
    try:
        found = parse_reply(data)
    except MalformedReplyError:
        return
    for reader in ANSWER_READERS:
        _check_outcome(reader, reader.read(found.text, cut_off=found.finish == "length"))
    _check_likelihood(found.first_token)
    if found.usage is not None:
        read = found.usage.input + found.usage.cached_input + found.usage.cache_write
        assert read > 0


def likelihood(data: bytes) -> None:
    """Reads token probabilities."""
    try:
        table = orjson.loads(data)
    except ValueError:
        return
    if isinstance(table, dict):
        odd = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
        numbers = {k: odd.get(v, v) if isinstance(v, str) else v for k, v in table.items()}
        _check_likelihood({k: float(v) for k, v in numbers.items() if type(v) in (int, float)})


def _check_likelihood(tokens: Mapping[str, float]) -> None:
    for reader in LIKELIHOOD_READERS:
        for label in islice(reader.written, 3):
            shares = reader.read(tokens, label)
            assert not shares or math.isclose(sum(shares.values()), 1, rel_tol=1e-6)
            assert all(0 < share <= 1 for share in shares.values())


def usage(data: bytes) -> None:
    """Reads a usage table."""
    try:
        table = orjson.loads(data)
    except ValueError:
        return
    for answered in (False, True):
        found = read_usage(table, answered=answered)
        assert found is None or min(found.input, found.output, found.reasoning) >= 0


def refusal(data: bytes) -> None:
    """Reads the body and the Retry-After of a failed request."""
    for status in (400, 401, 404, 429, 500):
        problem = failure(status, {}, data, Endpoint("http://x/v1", "m", key="sk-secret-value"))
        assert "sk-secret-value" not in str(problem)
    waiting = retry_after({"Retry-After": data.decode("latin-1")})
    assert waiting is None or waiting >= 0


def task_file(data: bytes) -> None:
    """Loads a task and, if it is one, renders prompts and reads answers by it."""
    with _file(data, ".toml") as path, _documented():
        task = load_task(path)
        for style in Style:
            for form in AnswerForm:
                prompt_frame(task, style, Wanted(form)).prompt({"text": "T"})
        LikelihoodReader.of(task, AnswerForm.LABEL).read({"a": -0.1}, task.label_names[0])
        AnswerReader.of(task).read("positive")


def policy_file(data: bytes) -> None:
    """Loads a policy."""
    with _file(data, ".toml") as path, _documented():
        load_policy(path)


def price_file(data: bytes) -> None:
    """Loads a price table."""
    with _file(data, ".toml") as path, _documented():
        PriceBook.load([path], folder=path.parent / "none")


def candidates(ending: str) -> Callable[[bytes], None]:
    """Reads candidates out of a file of this format."""

    def read(data: bytes) -> None:
        with _file(data, ending) as path:
            with _documented():
                for _, _row in zip(range(FEW), read_rows(path), strict=False):
                    pass
            with _documented():
                for _, candidate in zip(range(FEW), read_candidates(path, TASK), strict=False):
                    assert candidate.id
                    assert candidate.gold is None or candidate.gold in TASK.labels

    return read


def recording(data: bytes) -> None:
    """Reads one annotator's votes out of a recording."""
    with _file(data, ".jsonl") as path, _documented():
        read_votes(path, "small")


def answers_file(data: bytes) -> None:
    """Reads a person's answers."""
    for ending in (".csv", ".jsonl"):
        with _file(data, ending) as path, _documented():
            read_answers(path, TASK)


@contextlib.contextmanager
def _documented() -> Iterator[None]:
    """A UserError says what is wrong with the file, and that is all one can ask for."""
    with contextlib.suppress(UserError):
        yield


@contextlib.contextmanager
def _file(data: bytes, ending: str) -> Iterator[Path]:
    folder = Path(tempfile.gettempdir())
    path = folder / f"fuzzed-{os.getpid()}{ending}"
    path.write_bytes(data)
    yield path


def _parquet() -> bytes:
    import io

    import pyarrow as arrow
    from pyarrow import parquet

    table = arrow.table({"id": ["1", "2"], "text": ["Good.", "Bad."], "gold": ["positive", ""]})
    file = io.BytesIO()
    parquet.write_table(table, file, compression="none")
    return file.getvalue()


def _head(path: Path, size: int = 2000) -> bytes:
    return path.read_bytes()[:size].rpartition(b"\n")[0] + b"\n"


REPLY = (
    b'{"model": "m-1", "choices": [{"finish_reason": "stop", "message": {"role": "assistant",'
    b' "content": "positive", "refusal": null}, "logprobs": {"content": [{"token": "pos",'
    b' "logprob": -0.1, "top_logprobs": [{"token": "neg", "logprob": -3.5}]}]}}],'
    b' "usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12,'
    b' "prompt_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 1},'
    b' "completion_tokens_details": {"reasoning_tokens": 1}}}'
)
COMPLETION = (
    b'{"choices": [{"finish_reason": "length", "text": " mixed", "logprobs": {"tokens": [" mixed"],'
    b' "top_logprobs": [{" mixed": -0.2, " no": -2}]}}], "usage": {"prompt_tokens": 9,'
    b' "completion_tokens": 1}}'
)
VOTES = (
    b'{"id": "1", "question": "food", "votes": {"small": "positive", "big": null},'
    b' "stated_confidence": {"small": 0.75}, "prompt_tokens": 613}\n'
    b'{"id": "2", "votes": {"small": "negative"}}\n'
)
ROWS = (
    b'{"id": "1", "text": "Good.", "gold": "positive", "place": "a"}\n'
    b'{"id": 2, "text": "Bad.", "gold": null, "place": 1.5, "more": [{"x": [1, 2.5]}, true]}\n'
)

TARGETS: Mapping[str, Target] = {
    "answer": Target(
        answer, (b"positive", b" Option 3.", b"**C++**", b"no, 85 %", "👍\ufe0f ｙｅｓ".encode())
    ),
    "likelihood": Target(likelihood, (b'{"pos": -0.1, "neg": -2.5, "x": "nan", "y": "-inf"}',)),
    "reply": Target(reply, (REPLY, COMPLETION)),
    "usage": Target(usage, (REPLY.partition(b'"usage": ')[2][:-1],)),
    "refusal": Target(
        refusal,
        (
            b'{"error": {"message": "bad key sk-secret-value", "type": "t", "code": 1}}',
            b"Wed, 21 Oct 2026 07:28:00 GMT",
            b"12.5",
        ),
    ),
    "task": Target(
        task_file,
        (
            (EXAMPLE / "task.toml").read_bytes().replace(b'"examples.csv"', b"[]"),
            b'name = "t"\ninstructions = "i"\ntext = "{a} {{b}}"\ndelimiters = true\n'
            b'[labels.yes]\ndescription = "d"\naliases = ["y"]\n[labels]\nno = "n"\n'
            b'[[examples]]\na = "x"\nlabel = "yes"\n',
        ),
    ),
    "policy": Target(
        policy_file,
        (
            (EXAMPLE / "policy.toml").read_bytes(),
            *(path.read_bytes() for path in sorted((ROOT / "policies").glob("*.toml"))),
        ),
    ),
    "prices": Target(
        price_file,
        tuple(_head(path) for path in sorted((ROOT / "pricing").glob("*.toml"))),
    ),
    "csv": Target(candidates(".csv"), (_head(EXAMPLE / "reviews.csv"),)),
    "jsonl": Target(candidates(".jsonl"), (ROWS,)),
    "parquet": Target(candidates(".parquet"), (_parquet(),)),
    "recording": Target(recording, (VOTES,)),
    "answers": Target(
        answers_file, (_head(EXAMPLE / "answers.csv", 200), b'{"id": "1", "label": "mixed"}\n')
    ),
}
"""By name, in the order they are run."""
