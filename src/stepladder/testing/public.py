"""The fake provider's public face: the protocol's paths, and its counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

import orjson

from stepladder.testing.connection import Connection
from stepladder.testing.protocol import read_request
from stepladder.testing.service import Reply, Service
from stepladder.testing.wire import Sent, error, message

PATHS = {b"/v1/chat/completions": True, b"/v1/completions": False}
"""Where it answers, and whether messages are expected there."""


class Public:
    """Answers the protocol's requests."""

    def __init__(self, service: Service, on_first: Callable[[], None]) -> None:
        """`on_first` is called at the first request of each service."""
        self.connections: set[Connection] = set()
        self.service = service
        self._on_first = on_first

    def begin(self, method: bytes, path: bytes, body: bytes) -> Reply:
        """The reply to one request."""
        chat = PATHS.get(path)
        if chat is None or method != b"POST":
            return self._other(method, path)
        try:
            asked = read_request(body, chat=chat)
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            return uncounted(error(400, f"not a request of the protocol: {problem!r}"))
        if self.service.first_at is None:
            self._on_first()
        return self.service.begin(asked)

    def end(self, reply: Reply, *, sent: bool) -> None:
        """The reply is out, or its client gone."""
        self.service.end(reply, sent=sent)

    def _other(self, method: bytes, path: bytes) -> Reply:
        if path == b"/stats" and method == b"GET":
            return uncounted(message(200, orjson.dumps(asdict(self.service.stats()))))
        named = f"{method.decode('latin-1')} {path.decode('latin-1')}"
        return uncounted(error(404, f"{named}: unknown; see /v1"))


def uncounted(data: bytes) -> Reply:
    """A reply, at once, to what is no request for an answer."""
    return Reply(Sent(data), 0.0, counted=False)
