"""A server on loopback that answers every request with the same bytes, and remembers them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import orjson

from stepladder.task import Task
from stepladder.types import Candidate

TASK = Task.model_validate(
    {
        "name": "reviews",
        "instructions": "What is the mood of the review?",
        "labels": {"positive": {"aliases": ["good"]}, "negative": {}, "mixed": {}},
        "examples": [{"text": "Lovely.", "label": "positive"}],
    }
)


def about(text: str) -> Candidate:
    """A candidate with this text."""
    return Candidate("1", MappingProxyType({"text": text}))


REVIEW = about("The soup was cold.")


def chat(content: str | None = "negative", **more: Any) -> dict[str, Any]:
    """A chat reply with usage 50 + 2; `more` goes into its choice."""
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "finish_reason": "stop", "message": message, **more}
    return {"model": "m-2024-08-06", "choices": [choice], "usage": usage()}


def completion(text: str, **more: Any) -> dict[str, Any]:
    """A completion reply with usage 50 + 2; `more` goes into its choice."""
    choice = {"index": 0, "finish_reason": "stop", "text": text, **more}
    return {"model": "m-2024-08-06", "choices": [choice], "usage": usage()}


def usage(prompt: Any = 50, answer: Any = 2, **more: Any) -> dict[str, Any]:
    """A usage table."""
    return {"prompt_tokens": prompt, "completion_tokens": answer, **more}


@dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """Its body."""
        table: dict[str, Any] = orjson.loads(self.body)
        return table


@dataclass
class ScriptedServer:
    """What it answers can be changed between requests."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = orjson.dumps(chat())
    raw: bytes | None = None
    """Sent instead of a whole HTTP reply, before the connection is closed."""
    delay: float = 0.0
    """Seconds before the answer."""
    received: list[Received] = field(default_factory=list)

    def answers(self, reply: Any, status: int = 200, **headers: str) -> None:
        """From now on, answer this JSON."""
        self.status, self.body = status, orjson.dumps(reply)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    @property
    def last(self) -> Received:
        """The last request."""
        return self.received[-1]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.received.append(Received(head[0].split(" ")[1], headers, body))
        await asyncio.sleep(self.delay)
        writer.write(self._reply() if self.raw is None else self.raw)
        await writer.drain()
        return self.raw is None

    def _reply(self) -> bytes:
        headers = {"Content-Length": str(len(self.body)), **self.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {self.status} X\r\n{lines}\r\n".encode() + self.body


@asynccontextmanager
async def serving() -> AsyncIterator[ScriptedServer]:
    """A server on a free port; its `url` is a base URL."""
    scripted = ScriptedServer()
    server = await asyncio.start_server(scripted.serve, "127.0.0.1", 0, limit=2**24)
    scripted.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield scripted
    finally:
        server.close()
