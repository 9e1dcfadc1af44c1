"""The fake provider's back door: counts, bill and a new behaviour, whatever faults there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import orjson

from stepladder.testing.behaviour import Behaviour
from stepladder.testing.connection import Connection
from stepladder.testing.public import Public, uncounted
from stepladder.testing.service import Reply
from stepladder.testing.wire import error, message


class Control:
    """Answers the one who started the provider."""

    def __init__(self, public: Public, start_over: Callable[[Behaviour], None]) -> None:
        self.connections: set[Connection] = set()
        self._public = public
        self._start_over = start_over

    def begin(self, method: bytes, path: bytes, body: bytes) -> Reply:
        """The reply to one request."""
        try:
            found = self._answer(method, path, body)
        except KeyError:
            return uncounted(error(404, "GET /stats, /bill or /purchases, or PUT /behaviour"))
        # A recording that is missing or wrong is an OSError or one of our own errors.
        except Exception as problem:
            return uncounted(error(400, f"{problem}"))
        return uncounted(message(200, orjson.dumps(found)))

    def end(self, reply: Reply, *, sent: bool) -> None:
        """Nothing is counted here."""

    def _answer(self, method: bytes, path: bytes, body: bytes) -> Any:
        service = self._public.service
        match method, path:
            case b"GET", b"/stats":
                return asdict(service.stats())
            case b"GET", b"/bill":
                return service.books.bill()
            case b"GET", b"/purchases":
                return service.books.purchases()
            case b"PUT", b"/behaviour":
                self._start_over(Behaviour.from_json(body))
                return {}
            case _:
                raise KeyError(path)
