"""The fake provider's process: `python -m stepladder.testing.fake_provider --behaviour JSON`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import threading
from contextlib import suppress

from stepladder.errors import StepladderError
from stepladder.testing.behaviour import Behaviour
from stepladder.testing.control import Control
from stepladder.testing.listener import Listener
from stepladder.testing.public import Public
from stepladder.testing.service import Service

ORPHANED_AFTER = 0.5
"""Seconds between two looks at whether the parent is still there."""


class Provider:
    """Both faces of the provider, and the times at which it is there."""

    def __init__(self, behaviour: Behaviour, port: int) -> None:
        """Raises OSError for a port that is taken, or for a recording that cannot be read."""
        self._first = asyncio.Event()
        self._public = Public(Service(behaviour), self._first.set)
        self._listener = Listener(self._public, port)
        self._control = Listener(Control(self._public, self._start_over), 0)
        self._times: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Listen, as soon as the behaviour wants it."""
        self._control.open()
        self._keep_times(self._public.service.behaviour)

    @property
    def urls(self) -> tuple[str, str]:
        """For the protocol, and for its counts and its bill."""
        ports = (self._listener.port, self._control.port)
        return f"http://127.0.0.1:{ports[0]}/v1", f"http://127.0.0.1:{ports[1]}"

    def _start_over(self, behaviour: Behaviour) -> None:
        service = Service(behaviour)
        # Idle connections may stay; a busy one belongs to the service that goes.
        for connection in [one for one in self._public.connections if one.busy]:
            connection.drop()
        self._public.service = service
        self._first.clear()
        self._keep_times(behaviour)

    def _keep_times(self, behaviour: Behaviour) -> None:
        if self._times is not None:
            self._times.cancel()
        start, outage = behaviour.slow_start, behaviour.outage
        refused_for = 0.0 if start is None else start.refused_for
        (self._listener.close if refused_for else self._listener.open)()
        self._times = None
        if refused_for or (outage and outage.fault is None):
            self._times = asyncio.create_task(self._come_and_go(behaviour, refused_for))

    async def _come_and_go(self, behaviour: Behaviour, refused_for: float) -> None:
        await asyncio.sleep(refused_for)
        self._listener.open()
        outage = behaviour.outage
        if outage is None or outage.fault is not None:
            return
        await self._first.wait()
        await asyncio.sleep(outage.after)
        self._listener.close()
        await asyncio.sleep(outage.seconds)
        self._listener.open()


async def run(behaviour: Behaviour, port: int, *, with_parent: bool) -> None:
    """Serve until the parent is gone or its end of stdin closed, or for ever.

    The first two lines out are the protocol's URL and the one for counts and bill.
    """
    # Before anybody hears of us: then it may be gone already.
    parent = os.getppid()
    provider = Provider(behaviour, port)
    provider.start()
    sys.stdout.write("".join(f"{url}\n" for url in provider.urls))
    sys.stdout.flush()
    ended = asyncio.Event()
    if not with_parent:
        await ended.wait()
    ends = (asyncio.get_running_loop(), ended)
    threading.Thread(target=_wait_for_end, args=ends, daemon=True).start()
    # Both are watched: stdin stays open if the parent forked others before it died.
    while os.getppid() == parent and not ended.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), ORPHANED_AFTER)


def _wait_for_end(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    while os.read(0, 4096):
        pass
    loop.call_soon_threadsafe(ended.set)


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m stepladder.testing.fake_provider")
    parser.add_argument("--port", type=int, default=0, help="0 for a free one")
    parser.add_argument(
        "--behaviour",
        required=True,
        help='as JSON, such as {"labels": ["yes", "no"], "faults": {"reset": 0.1}}; '
        "- for a line of stdin, whose end is then the provider's end too",
    )
    arguments = parser.parse_args()
    with_parent = arguments.behaviour == "-"
    try:
        given = sys.stdin.buffer.readline() if with_parent else arguments.behaviour
        behaviour = Behaviour.from_json(given)
    except ValueError as problem:
        parser.error(f"--behaviour: {problem}")
    try:
        asyncio.run(run(behaviour, arguments.port, with_parent=with_parent))
    except OSError as problem:
        where = problem.filename or f"port {arguments.port}"
        raise SystemExit(f"{where}: {problem.strerror}") from None
    except (StepladderError, ValueError) as problem:
        raise SystemExit(f"recording: {problem}") from None
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
