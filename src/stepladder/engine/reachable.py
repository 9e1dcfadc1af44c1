"""Whether somebody listens where a policy says so."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from stepladder.policy import OpenAISpec

PATIENCE = 2.0
"""Seconds to wait for a sign of life."""
REFUSED = frozenset({401, 403})
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
"""This machine, which no proxy leads to."""


async def silence_of(spec: OpenAISpec) -> str | None:
    """What is wrong with the server, or None: it is asked for its list of models.

    Any answer but a refusal of the key is a sign of life; not every server has the list.
    """
    # Imported here: a fifth of a second that only this check needs.
    from httpx import HTTPError, InvalidURL

    key = os.environ.get(spec.api_key_env or "", "").strip()
    try:
        status = await _status(f"{spec.base_url.rstrip('/')}/models", key)
    except (HTTPError, InvalidURL, ValueError) as problem:
        said = str(problem) or f"no answer within {PATIENCE:g} seconds"
        return f"{spec.base_url} cannot be reached ({said}); start it, or mend base_url"
    if status in REFUSED:
        return f"{spec.base_url} refuses the key ({status}); see api_key_env"
    return None


async def _status(url: str, key: str) -> int:
    from httpx import AsyncClient

    headers = {"Authorization": f"Bearer {key}"} if key else {}
    away = urlsplit(url).hostname not in HERE
    async with AsyncClient(timeout=PATIENCE, headers=headers, trust_env=away) as client:
        return (await client.get(url)).status_code
