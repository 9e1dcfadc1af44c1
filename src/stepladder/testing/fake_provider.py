"""The fake provider's process: `python -m stepladder.testing.fake_provider --behaviour JSON`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from dataclasses import asdict
from typing import NoReturn, assert_never

import orjson
from aiohttp import web

from stepladder.testing.behaviour import Behaviour, Fault
from stepladder.testing.protocol import Asked, charged_for, read_request, reply, write
from stepladder.testing.stats import Stats

PATHS = {"/v1/chat/completions": True, "/v1/completions": False}
"""Where it answers, and whether messages are expected there."""


class Provider:
    """Answers requests as its behaviour says, and counts them."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.stats = Stats()
        self._now = 0
        self._attempts: Counter[tuple[str, str]] = Counter()

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request of any kind."""
        if request.path == "/stats":
            return _json(asdict(self.stats))
        if request.path not in PATHS or request.method != "POST":
            return _error(404, f"{request.method} {request.path}: unknown; see /v1")
        try:
            # Not request.read(), which refuses more than a megabyte.
            body = orjson.loads(await request.content.read())
            asked = read_request(body, chat=PATHS[request.path])
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            return _error(400, f"not a request of the protocol: {problem!r}")
        return await self._counted(request, asked)

    async def _counted(self, request: web.BaseRequest, asked: Asked) -> web.StreamResponse:
        self.stats.requests += 1
        self._now += 1
        self.stats.at_once = max(self.stats.at_once, self._now)
        try:
            return await self._outcome(request, asked)
        finally:
            self._now -= 1

    async def _outcome(self, request: web.BaseRequest, asked: Asked) -> web.StreamResponse:
        about = (asked.model, asked.text)
        self._attempts[about] += 1
        fault = self.behaviour.fault(*about, self._attempts[about])
        refused = fault in (Fault.RATE_LIMITED, Fault.FAILING)
        # Charged before the wait: who gives up waiting pays all the same.
        answer = b"" if refused else self._answer(asked)
        if self.behaviour.latency:
            await asyncio.sleep(self.behaviour.latency)
        return await self._sent(request, fault, answer)

    async def _sent(
        self, request: web.BaseRequest, fault: Fault | None, answer: bytes
    ) -> web.StreamResponse:
        match fault:
            case Fault.RATE_LIMITED:
                return _error(429, "too many requests", self.behaviour.retry_after)
            case Fault.FAILING:
                return _error(500, "the server had an error")
            case Fault.HANGING:
                return await _never()
            case Fault.TRUNCATED:
                return await _broken_off(request, answer)
            case Fault.MALFORMED:
                return _raw(answer[: len(answer) // 2])
            case None:
                self.stats.answered += 1
                return _raw(answer)
            case _:
                assert_never(fault)

    def _answer(self, asked: Asked) -> bytes:
        """The reply, charged for: the work is done whatever becomes of it on the way."""
        behaviour = self.behaviour
        written = write(asked, behaviour.answer(asked.model, asked.text), behaviour.labels)
        self.stats.prompt_tokens += asked.prompt_tokens
        self.stats.completion_tokens += charged_for(asked, written, behaviour.billing)
        return orjson.dumps(reply(self.stats.requests, asked, written, behaviour))


async def _never() -> NoReturn:
    await asyncio.Event().wait()
    raise AssertionError("nobody sets it")


def _raw(body: bytes, status: int = 200) -> web.Response:
    return web.Response(body=body, status=status, content_type="application/json")


def _json(value: object, status: int = 200) -> web.Response:
    return _raw(orjson.dumps(value), status)


def _error(status: int, message: str, retry_after: float | None = None) -> web.Response:
    response = _json({"error": {"message": message, "type": "fake", "code": None}}, status)
    if retry_after is not None:
        response.headers["Retry-After"] = f"{retry_after:g}"
    return response


async def _broken_off(request: web.BaseRequest, body: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


async def run(behaviour: Behaviour, port: int, *, with_parent: bool) -> None:
    """Serve until the parent's end of stdin closes, or for ever; the first line out is the URL."""
    # Cancelled when the client goes away: a hanging request would hang on here.
    server = web.Server(Provider(behaviour).serve, handler_cancellation=True)
    runner = web.ServerRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    sys.stdout.write(f"http://127.0.0.1:{runner.addresses[0][1]}/v1\n")
    sys.stdout.flush()
    await (asyncio.to_thread(sys.stdin.buffer.read) if with_parent else asyncio.Event().wait())
    await runner.cleanup()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m stepladder.testing.fake_provider")
    parser.add_argument("--port", type=int, default=0, help="0 for a free one")
    parser.add_argument(
        "--behaviour",
        required=True,
        help='as JSON, such as {"labels": ["yes", "no"], "latency": 0.2}; '
        "- for a line of stdin, whose end is then the provider's end too",
    )
    arguments = parser.parse_args()
    with_parent = arguments.behaviour == "-"
    try:
        given = sys.stdin.buffer.readline() if with_parent else arguments.behaviour
        behaviour = Behaviour.from_json(given)
    except (ValueError, KeyError, TypeError) as problem:
        parser.error(f"--behaviour: {problem}")
    try:
        asyncio.run(run(behaviour, arguments.port, with_parent=with_parent))
    except OSError as problem:
        raise SystemExit(f"port {arguments.port}: {problem.strerror}") from None
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
