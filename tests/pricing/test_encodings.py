"""Encodings come from files that are already here: each case in a process without network."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

needs_litellm = pytest.mark.skipif(
    find_spec("litellm") is None, reason="the encodings' files come with litellm"
)
CL100K = "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
"""The name tiktoken gives the file of cl100k_base in its cache."""

PROLOGUE = """
import os, sys
def forbid(event, args):
    if event in ("socket.connect", "socket.getaddrinfo"):
        print("NETWORK", event, args)
        os._exit(3)
sys.addaudithook(forbid)
from stepladder.pricing import most_tokens
"""
COUNT = 'print(most_tokens(["hello world"], "cl100k_base"))\n'

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    empty = tmp_path / "tmp"
    empty.mkdir()

    def run_script(script: str, **variables: str) -> str:
        kept = {k: v for k, v in os.environ.items() if "CACHE_DIR" not in k}
        source = str(Path(__file__).parents[2] / "src")
        path = os.pathsep.join([source, *filter(None, [kept.get("PYTHONPATH")])])
        done = subprocess.run(
            [sys.executable, "-c", PROLOGUE + script],
            env=kept | {"TMPDIR": str(empty), "PYTHONPATH": path} | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    return run_script


@needs_litellm
def test_the_files_inside_litellm_serve_without_importing_it(run: Run) -> None:
    script = COUNT + 'print("litellm" in sys.modules, "TIKTOKEN_CACHE_DIR" in os.environ)'
    assert run(script).split("\n") == ["2", "False False"]


def test_without_a_file_bytes_bound_the_text(run: Run) -> None:
    assert run('sys.modules["litellm"] = None\n' + COUNT) == "13"


@needs_litellm
def test_a_folder_of_the_users_without_the_file_is_left_as_it_is(run: Run, tmp_path: Path) -> None:
    script = COUNT + 'print(os.environ["TIKTOKEN_CACHE_DIR"])'
    mine = tmp_path / "mine"
    mine.mkdir()
    assert run(script, TIKTOKEN_CACHE_DIR=str(mine)).split("\n") == ["2", str(mine)]
    assert list(mine.iterdir()) == []


def test_a_broken_file_is_neither_used_nor_replaced(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / CL100K
    broken.write_text("not what it should be")
    script = 'sys.modules["litellm"] = None\n' + COUNT
    assert run(script, TIKTOKEN_CACHE_DIR=str(tmp_path)) == "13"
    assert broken.read_text() == "not what it should be"


@needs_litellm
def test_a_folder_of_the_users_with_the_file_serves(run: Run, tmp_path: Path) -> None:
    spec = find_spec("litellm")
    assert spec is not None
    assert spec.origin is not None
    theirs = Path(spec.origin).parent / "litellm_core_utils" / "tokenizers" / CL100K
    (tmp_path / CL100K).write_bytes(theirs.read_bytes())
    script = 'sys.modules["litellm"] = None\n' + COUNT
    assert run(script, DATA_GYM_CACHE_DIR=str(tmp_path)) == "2"


def test_importing_the_room_stays_light(run: Run) -> None:
    heavy = ("litellm", "tiktoken", "numpy", "sklearn", "aiohttp")
    assert run(f"print([name for name in {heavy} if name in sys.modules])") == "[]"
