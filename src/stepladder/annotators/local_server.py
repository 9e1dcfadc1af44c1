"""A model served on a free loopback port by a child process that never outlives us."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from stepladder.annotators.local_serving import KEY_VARIABLE
from stepladder.errors import MissingExtraError, UserError

SCRIPT = Path(__file__).with_name("local_serving.py")
"""What the child runs."""

COMPLAINTS = 3
"""Lines of the server's log that an error shows."""


@dataclass(frozen=True, slots=True)
class Serving:
    """How a model is served."""

    model: Path
    """A GGUF file."""
    context: int
    """Tokens of prompt and answer together, for each request in flight."""
    parallel: int = 1
    """Requests in flight at once."""
    threads: int | None = None
    """Processor threads; None for all cores."""
    chat: bool = True
    """Whether prompts are chats, so that the file's chat template is needed."""
    ready_within: float = 120.0
    """Seconds that loading the model may take."""

    def command(self) -> tuple[str, ...]:
        """The child's command line."""
        threads = self.threads or os.cpu_count() or 1
        return (
            *(sys.executable, "-P", str(SCRIPT), str(self.model)),
            *("--context", str(self.context), "--parallel", str(self.parallel)),
            *("--threads", str(threads), "--chat" if self.chat else "--no-chat"),
        )


@dataclass(frozen=True, slots=True)
class Served:
    """Where a model answers."""

    address: str
    """http:// with host and port."""
    key: str
    """What requests must show as a bearer token."""


class LocalServer:
    """The child process, from its start to its end."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id; None while there is no child."""
        return None if self._process is None else self._process.pid

    async def start(self) -> Served:
        """Where the model answers, once it has loaded.

        Raises MissingExtraError without xllamacpp, and UserError with the server's
        complaints when it does not get ready in time.
        """
        if find_spec("xllamacpp") is None:
            raise MissingExtraError("local models need xllamacpp; pip install 'stepladder[local]'")
        key = secrets.token_hex(16)
        with tempfile.TemporaryFile() as log:
            # A session of its own: Ctrl-C in the terminal does not reach it.
            self._process = await asyncio.create_subprocess_exec(
                *self._serving.command(),
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
                start_new_session=True,
                env={**os.environ, KEY_VARIABLE: key},
            )
            try:
                return Served(await self._address(self._process, log), key)
            except BaseException:
                await self.stop()
                raise

    async def _address(self, process: Process, log: IO[bytes]) -> str:
        assert process.stdout is not None  # noqa: S101
        within = self._serving.ready_within
        try:
            line = await asyncio.wait_for(process.stdout.readline(), within)
        except TimeoutError:
            raise self._failure(f"not loaded within {within:g} seconds", log) from None
        address = line.decode().strip()
        if not address.startswith("http"):
            raise self._failure("cannot be served", log)
        return address

    def _failure(self, what: str, log: IO[bytes]) -> UserError:
        log.seek(0)
        said = "; ".join(complaints(log.read().decode(errors="replace")))
        return UserError(f"{self._serving.model}: {what}: {said or 'the server said nothing'}")

    async def stop(self) -> None:
        """End the child; safe to call twice."""
        process, self._process = self._process, None
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), timeout=5)
        except TimeoutError:
            process.kill()
            await process.wait()


def complaints(log: str) -> list[str]:
    """The first errors in a llama.cpp log, which are the causes; its last lines if it has none."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = (line.split(" E ", 1)[1].strip() for line in lines if " E " in line)
    return list(dict.fromkeys(errors))[:COMPLAINTS] or lines[-COMPLAINTS:]
