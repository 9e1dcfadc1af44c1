"""HTTP to one address that speaks the OpenAI protocol: one request in, one body or error out."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientHttpProxyError,
    ClientResponse,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    TCPConnector,
)
from yarl import URL

from stepladder.annotators.base import Allowance
from stepladder.annotators.openai_allowance import read_allowance
from stepladder.annotators.openai_failure import Endpoint, failure
from stepladder.errors import (
    AnnotatorError,
    MalformedReplyError,
    TimedOutError,
    UnavailableError,
)

MOST_BYTES = 1_000_000
"""A longer reply is no answer to a question for a label."""
LARGE_BODY = 1_000_000
"""Bytes above which aiohttp wants a request as a file."""
CONNECT_WITHIN = 15.0
"""Seconds to reach a provider, within the time for the whole answer."""


@dataclass(frozen=True, slots=True)
class Received:
    """A successful reply."""

    body: bytes
    allowance: Allowance | None
    """The limits that its headers state."""


class Connection:
    """A pool of connections to one address; open from `connect` to `close`."""

    def __init__(self, endpoint: Endpoint, *, timeout: float, most: int) -> None:
        """`timeout` is seconds for one whole answer, `most` the requests in flight at once."""
        self._endpoint = endpoint
        self._url = URL(endpoint.url)
        self._timeout = timeout
        self._key_forms = _key_forms(endpoint.key)
        self._session = ClientSession(
            connector=TCPConnector(limit=most),
            timeout=ClientTimeout(total=timeout, sock_connect=min(timeout, CONNECT_WITHIN)),
            headers=_headers(endpoint.key),
            cookie_jar=DummyCookieJar(),
            # Not advertised, and not undone either: a small reply could unpack to a huge one.
            auto_decompress=False,
            proxy=_proxy(endpoint.url),
        )

    async def post(self, body: bytes) -> Received:
        """A successful reply; raises AnnotatorError for everything else."""
        try:
            return await self._post(body)
        except (ClientError, OSError) as problem:
            raise self._error(problem) from problem

    async def _post(self, body: bytes) -> Received:
        data = body if len(body) < LARGE_BODY else BytesIO(body)
        async with self._session.post(self._url, data=data, allow_redirects=False) as response:
            content = self._without_key(await self._read(response))
            # 201 from a gateway or 203 from a proxy is an answer too, and billed.
            if response.status >= 300:
                raise failure(response.status, response.headers, content, self._endpoint)
            return Received(content, read_allowance(response.headers))

    def _without_key(self, content: bytes) -> bytes:
        """The body with stars for the key: some servers and proxies show what they were sent."""
        for key in self._key_forms:
            if key in content:
                content = content.replace(key, b"***")
        return content

    async def _read(self, response: ClientResponse) -> bytes:
        """The whole body; an endless one is not read to its end."""
        if response.content_length is not None and response.content_length <= MOST_BYTES:
            return await response.read()
        chunks, size = [], 0
        async for chunk in response.content.iter_any():
            chunks.append(chunk)
            size += len(chunk)
            if size > MOST_BYTES:
                raise MalformedReplyError(f"{self._url}: a reply of over {MOST_BYTES:,} bytes")
        return b"".join(chunks)

    def _error(self, problem: Exception) -> AnnotatorError:
        said = f"{self._url}: {problem or type(problem).__name__}"
        match problem:
            case ClientHttpProxyError(status=status):
                # Its own words show the proxy's address, which may hold a password.
                said = f"{self._url}: the proxy answered {status}"
                return UnavailableError(f"cannot connect to {said}", free=True, heard=False)
            case ClientConnectorError() | ConnectionTimeoutError():
                return UnavailableError(f"cannot connect to {said}", free=True, heard=False)
            case TimeoutError():
                late = f"no answer within {self._timeout:g} seconds"
                return TimedOutError(f"{self._url}: {late}", heard=False)
            case ClientResponseError():
                return MalformedReplyError(f"the reply is not HTTP: {said}")
            case _:
                return UnavailableError(f"the connection broke: {said}", heard=False)

    async def close(self) -> None:
        """Close every connection; safe to call twice."""
        await self._session.close()


def _key_forms(key: str) -> tuple[bytes, ...]:
    """The key as it may stand in a body: as it is, and as JSON may write it."""
    return tuple(form.encode() for form in {key, key.replace("/", "\\/")} if form)


def _headers(key: str) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "stepladder",
    }
    return {**headers, "Authorization": f"Bearer {key}"} if key else headers


def _proxy(url: str) -> str | None:
    """The proxy that the environment names for this address; never one to our own machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host == "localhost" or host.startswith("127.") or host == "::1" or proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme)
