"""A port that can be open or refuse, and stays ours while it refuses."""

from __future__ import annotations

import asyncio
import socket

from stepladder.testing.connection import Connection, Desk

BACKLOG = 4096
"""Connections that may wait to be accepted."""


class Listener:
    """Accepts connections for a desk, while it is open."""

    def __init__(self, desk: Desk, port: int) -> None:
        """Takes the port, 0 for a free one, and refuses connections; raises OSError."""
        self._desk = desk
        self._socket = _bound(port)
        self.port: int = self._socket.getsockname()[1]
        self._serving: asyncio.Task[asyncio.Server] | None = None

    def open(self) -> None:
        """Accept connections; safe to call twice."""
        if self._serving is None:
            # At once, so that whoever comes before the server's turn waits in the queue.
            self._socket.listen(BACKLOG)
            self._serving = asyncio.create_task(self._served())

    def close(self) -> None:
        """Refuse connections, and reset those that are open; safe to call twice."""
        serving, self._serving = self._serving, None
        if serving is None:
            return
        if serving.done():
            serving.result().close()
        serving.cancel()
        self._socket.close()
        for connection in list(self._desk.connections):
            connection.drop()
        # Bound and not listening: the port refuses, and nobody else gets it.
        self._socket = _bound(self.port)

    async def _served(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(
            lambda: Connection(self._desk), sock=self._socket, backlog=BACKLOG
        )


def _bound(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # On Windows the option means another thing: to share the port with whoever has it.
        if hasattr(socket, "SO_REUSEPORT"):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", port))
    except OSError:
        bound.close()
        raise
    return bound
