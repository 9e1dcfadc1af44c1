"""Requests to a fake provider, as any client would send them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from stepladder.testing import FakeProvider

LABELS = ("yes", "no", "cannot tell")


def chat(text: str, **more: Any) -> dict[str, Any]:
    turns = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": text}]
    return {"model": "m", "messages": turns, **more}


@dataclass
class Response:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def choice(self) -> Any:
        return self.json()["choices"][0]

    @property
    def content(self) -> Any:
        return self.choice["message"]["content"]


def post(
    provider: FakeProvider, body: object, path: str = "chat/completions", timeout: float = 5
) -> Response:
    """One request on a connection of its own."""
    url = urlsplit(f"{provider.base_url}/{path}")
    with closing(HTTPConnection(url.netloc, timeout=timeout)) as connection:
        connection.request("POST", url.path, json.dumps(body))
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Response(response.status, headers, response.read())


def answer(provider: FakeProvider, body: object) -> Any:
    return post(provider, body).content
