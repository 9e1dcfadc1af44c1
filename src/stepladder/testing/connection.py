"""One client's connection, for whoever answers its requests."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Protocol

from stepladder.testing.http_request import Head, NotHttpError, read_head
from stepladder.testing.service import Reply
from stepladder.testing.wire import Then, error


class Desk(Protocol):
    """Answers requests."""

    connections: set[Connection]
    """Those that are open."""

    def begin(self, method: bytes, path: bytes, body: bytes) -> Reply:
        """The reply to a request."""

    def end(self, reply: Reply, *, sent: bool) -> None:
        """The reply is out, or its client gone."""


class Connection(asyncio.Protocol):
    """Reads requests and sends replies, one after the other, without a task for each."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._transport: asyncio.Transport
        self._data = b""
        self._head: Head | None = None
        self._reply: Reply | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._transport = transport
        self._desk.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._desk.connections.discard(self)
        self._give_up()

    def data_received(self, data: bytes) -> None:
        self._data = self._data + data if self._data else data
        if self._reply is None:
            self._read()

    @property
    def busy(self) -> bool:
        """Whether it has a request that is not answered yet."""
        return self._reply is not None

    def drop(self) -> None:
        """Reset the connection, whatever it is at."""
        self._give_up()
        self._reset()

    def _give_up(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._over(sent=False)

    def _reset(self) -> None:
        # To linger for no time at all makes it an RST, as from a server that crashed.
        sock = self._transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()

    def _read(self) -> None:
        """Begin with the next request, if it is all there."""
        try:
            head = self._head = self._head or read_head(self._data)
        except NotHttpError as problem:
            self._transport.write(error(400, f"not a request of the protocol: {problem}"))
            self._transport.close()
            return
        if head is None:
            return
        if len(self._data) >= head.ends:
            self._begin(head)
        elif head.waits:
            head.waits = False
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _begin(self, head: Head) -> None:
        body, self._data = self._data[head.begins : head.ends], self._data[head.ends :]
        self._reply = reply = self._desk.begin(head.method, head.path, body)
        if reply.latency > 0:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(reply.latency, self._send, reply)
        else:
            self._send(reply)

    def _send(self, reply: Reply) -> None:
        if reply.sent.data:
            self._transport.write(reply.sent.data)
        match reply.sent.then:
            case Then.KEEP:
                self._next()
            case Then.CLOSE:
                self._transport.close()
            case Then.RESET:
                self._reset()
            case Then.HANG:
                pass

    def _next(self) -> None:
        self._over(sent=True)
        closes = self._head is not None and self._head.closes
        self._head = self._timer = None
        if closes:
            self._transport.close()
        elif self._data:
            self._read()

    def _over(self, *, sent: bool) -> None:
        reply, self._reply = self._reply, None
        if reply is not None:
            self._desk.end(reply, sent=sent)
