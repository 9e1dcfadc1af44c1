"""The child process that serves a model; here a stand-in for llama.cpp, so that it is fast."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import stepladder
from stepladder.annotators.local_server import LocalServer, Serving, complaints
from stepladder.errors import MissingExtraError, UserError

STAND_IN = '''
"""Serves nothing; the model's name says how."""
import os, sys, time
from types import SimpleNamespace

class CommonParams(SimpleNamespace):
    def __init__(self):
        super().__init__(model=SimpleNamespace(path=""), cpuparams=SimpleNamespace(),
                         cpuparams_batch=SimpleNamespace())

class Server:
    def __init__(self, params):
        name = os.path.basename(params.model.path)
        os.write(1, b"noise from C\\n")
        if name == "broken.gguf":
            os.write(2, b"0.00.1 I srv init: loading\\n0.00.2 E gguf_init: bad magic\\n")
            raise RuntimeError("failed to init")
        if name == "crashing.gguf":
            os.abort()
        if name == "slow.gguf":
            time.sleep(600)
        self.listening_address = (
            f"http://{params.hostnames[0]}:{params.n_ctx}/{params.n_parallel}"
            f"/{params.cpuparams.n_threads}/{params.api_keys[0]}/{os.getpid()}"
        )
'''

PARENT = """
import asyncio, sys
from pathlib import Path
from stepladder.annotators.local_server import LocalServer, Serving

async def main():
    served = await LocalServer(Serving(Path("fine.gguf"), context=512)).start()
    print(served.address.rpartition("/")[2], flush=True)
    try:
        await asyncio.sleep(600)
    except asyncio.CancelledError:
        print("interrupted", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def _stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "xllamacpp.py").write_text(STAND_IN)
    source = str(Path(stepladder.__path__[0]).parent)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), source]))


def server(name: str = "fine.gguf", **serving: object) -> LocalServer:
    return LocalServer(Serving(Path(name), **{"context": 512, **serving}))  # type: ignore[arg-type]


def pid_of(address: str) -> int:
    return int(address.rpartition("/")[2])


def alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def gone_within(pid: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    return not alive(pid)


async def test_it_serves_on_loopback_what_was_asked_for() -> None:
    one = server(parallel=3, threads=2)
    served = await one.start()
    assert served.address.startswith(f"http://127.0.0.1:1536/3/2/{served.key}/")
    assert len(served.key) >= 32
    pid = pid_of(served.address)
    assert alive(pid)
    await one.stop()
    assert not alive(pid)
    await one.stop()


async def test_every_server_has_a_key_of_its_own() -> None:
    one, two = server(), server()
    assert (await one.start()).key != (await two.start()).key
    await one.stop()
    await two.stop()


async def test_a_model_that_cannot_be_served_says_why() -> None:
    with pytest.raises(UserError, match=r"broken\.gguf: cannot be served: gguf_init: bad magic$"):
        await server("broken.gguf").start()


async def test_a_crash_is_an_error_too() -> None:
    with pytest.raises(UserError, match=r"crashing\.gguf: cannot be served"):
        await server("crashing.gguf").start()


async def test_a_model_that_takes_too_long_is_given_up() -> None:
    slow = server("slow.gguf", ready_within=1.0)
    with pytest.raises(UserError, match="not loaded within 1 seconds"):
        await slow.start()


async def test_giving_up_the_start_ends_the_child() -> None:
    starting_server = server("slow.gguf")
    starting = asyncio.create_task(starting_server.start())
    await asyncio.sleep(0.5)
    child = starting_server.pid
    assert child is not None
    assert alive(child)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not alive(child)


async def test_without_xllamacpp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'stepladder\[local\]'"):
        await server().start()


@pytest.fixture
def parent() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, start_new_session=True
    )


def test_no_child_outlives_a_parent_that_is_killed(parent: subprocess.Popen[str]) -> None:
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.kill()
    assert gone_within(child, 5)


def test_no_child_outlives_a_parent_whose_fork_holds_the_pipe(tmp_path: Path) -> None:
    forking = PARENT.replace(
        "    try:\n",
        "    import os, time\n    if os.fork() == 0:\n        time.sleep(20)\n    try:\n",
    )
    parent = subprocess.Popen([sys.executable, "-c", forking], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert gone_within(child, 5)


def test_ctrl_c_is_for_the_parent(parent: subprocess.Popen[str]) -> None:
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        # What a terminal does: the signal goes to the whole foreground process group.
        os.killpg(parent.pid, signal.SIGINT)
        assert parent.stdout.readline() == "interrupted\n"
        os.kill(child, signal.SIGINT)
        time.sleep(0.3)
        assert alive(child)
        parent.kill()
    assert gone_within(child, 5)


def test_complaints_are_the_first_errors_once_each() -> None:
    log = "0.1 I fine\n0.2 E a: bad\n0.3 E a: bad\n0.4 E b: worse\nTraceback\n"
    assert complaints(log) == ["a: bad", "b: worse"]
    assert complaints("one\n\ntwo\nthree\nfour\n") == ["two", "three", "four"]
    assert complaints("") == []
