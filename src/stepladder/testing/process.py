"""The process that a fake provider runs in, as seen from the one that started it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlsplit

PATIENCE = 10.0
"""Seconds for the process to answer or to end."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a fake provider listens."""

    base_url: str = ""
    """For the protocol."""
    control_url: str = ""
    """For its counts and its bill, whatever faults there are."""


class Process:
    """A child process: starts, is asked things, and is stopped."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self.addresses = Addresses()
        """Known from the start on."""

    def start(self, behaviour: bytes) -> None:
        """Start and wait until it listens; raises RuntimeError when it does not."""
        module = ("-m", "stepladder.testing.fake_provider")
        self._process = process = subprocess.Popen(  # noqa: S603
            [sys.executable, *module, "--port", str(self._port), "--behaviour", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # A Ctrl-C that stops the run lets calls in flight finish: it must not stop us.
            start_new_session=True,
        )
        self.addresses = _listening(process, behaviour)
        if not self.addresses.control_url:
            self.stop()
            raise RuntimeError(f"the fake provider ended with {process.returncode}; see its stderr")

    def stop(self) -> None:
        """End it; safe to call twice."""
        process, self._process = self._process, None
        if process is None:
            return
        with process:
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()

    def ask(self, path: str) -> bytes:
        """What it answers to a GET; raises OSError when it does not run."""
        return self._request("GET", path, b"")

    def tell(self, path: str, body: bytes) -> None:
        """PUT something; raises OSError when it does not run, RuntimeError when it refuses."""
        self._request("PUT", path, body)

    def _request(self, method: str, path: str, body: bytes) -> bytes:
        if not self.addresses.control_url:
            raise ConnectionRefusedError("the fake provider was not started")
        # Not urllib, which would send even this through the environment's proxy.
        connection = HTTPConnection(urlsplit(self.addresses.control_url).netloc, timeout=PATIENCE)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            said = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise RuntimeError(f"{method} {path}: {response.status} {said.decode()}")
        return said


def _listening(process: subprocess.Popen[bytes], behaviour: bytes) -> Addresses:
    if process.stdin is None or process.stdout is None:
        return Addresses()
    # One that died at once is told from its silence below, not from a broken pipe.
    with suppress(BrokenPipeError):
        process.stdin.write(behaviour + b"\n")
        process.stdin.flush()
    base_url = process.stdout.readline().decode().strip()
    return Addresses(base_url, process.stdout.readline().decode().strip())
