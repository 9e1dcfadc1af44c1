"""A fake provider in a process of its own: a real HTTP server, for tests and benchmarks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http.client import HTTPConnection
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import orjson

from stepladder.testing.behaviour import Behaviour, Billing
from stepladder.testing.stats import Stats

PATIENCE = 10.0
"""Seconds for the process to answer or to end."""


class FakeProvider:
    """Speaks the OpenAI protocol on a free loopback port, for as long as the `with` block lasts.

    ::

        with FakeProvider(labels=["yes", "no"], seed=1, rate_limited=0.1) as provider:
            ...  # a policy with kind = "openai" and base_url = provider.base_url
            assert provider.stats().requests == 20

    The same seed gives the same answers, token probabilities and faults, whatever
    the order of the requests. It ends with the process that started it.
    """

    def __init__(
        self,
        labels: Sequence[str],
        *,
        seed: int = 0,
        script: Mapping[str, str] | None = None,
        latency: float = 0.0,
        rate_limited: float = 0.0,
        retry_after: float | None = None,
        failing: float = 0.0,
        hanging: float = 0.0,
        truncated: float = 0.0,
        malformed: float = 0.0,
        billing: Billing = Billing.TRUE,
        port: int = 0,
    ) -> None:
        """Shares from 0 to 1, `latency` and `retry_after` in seconds: see Behaviour.

        `port` 0 takes a free one. Raises ValueError for shares that are none.
        """
        self.behaviour = Behaviour(
            labels=tuple(labels),
            seed=seed,
            script=dict(script or {}),
            latency=latency,
            rate_limited=rate_limited,
            retry_after=retry_after,
            failing=failing,
            hanging=hanging,
            truncated=truncated,
            malformed=malformed,
            billing=billing,
        )
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self.base_url = ""
        """Where the protocol's paths begin, once started."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the process and wait until it listens; raises RuntimeError when it does not."""
        module = ("-m", "stepladder.testing.fake_provider")
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, *module, "--port", str(self._port), "--behaviour", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # A Ctrl-C that stops the run lets calls in flight finish: it must not stop us.
            start_new_session=True,
        )
        self._process = process
        self.base_url = self._listening(process)
        if not self.base_url:
            self.stop()
            raise RuntimeError(f"the fake provider ended with {process.returncode}; see its stderr")

    def _listening(self, process: subprocess.Popen[bytes]) -> str:
        if process.stdin is None or process.stdout is None:
            return ""
        # One that died at once is told from its silence below, not from a broken pipe.
        with suppress(BrokenPipeError):
            process.stdin.write(self.behaviour.to_json().encode() + b"\n")
            process.stdin.flush()
        return process.stdout.readline().decode().strip()

    def stop(self) -> None:
        """End the process; safe to call twice."""
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

    def stats(self) -> Stats:
        """What it was asked and what it charged so far; raises OSError when it does not run."""
        # Not urllib, which would send even this through the environment's proxy.
        connection = HTTPConnection(urlsplit(self.base_url).netloc, timeout=PATIENCE)
        try:
            connection.request("GET", "/stats")
            return Stats(**orjson.loads(connection.getresponse().read()))
        finally:
            connection.close()
