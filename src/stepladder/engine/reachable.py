"""Whether somebody listens where a policy says so."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

from stepladder.policy import OpenAISpec

PATIENCE = 2.0
"""Seconds to wait for a sign of life."""
REFUSED = frozenset({401, 403})


async def silence_of(spec: OpenAISpec) -> str | None:
    """What is wrong with the server, or None: it is asked for its list of models.

    Any answer but a refusal of the key is a sign of life; not every server has the list.
    """
    url = f"{spec.base_url.rstrip('/')}/models"
    key = os.environ.get(spec.api_key_env or "", "").strip()
    try:
        status = await _status(url, key)
    except (ClientError, OSError, ValueError) as problem:
        said = str(problem) or f"no answer within {PATIENCE:g} seconds"
        return f"{spec.base_url} cannot be reached ({said}); start it, or mend base_url"
    if status in REFUSED:
        return f"{spec.base_url} refuses the key ({status}); see api_key_env"
    return None


async def _status(url: str, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    # The environment's proxy is not for this machine.
    away = urlsplit(url).hostname not in {"localhost", "127.0.0.1", "::1"}
    timeout = ClientTimeout(total=PATIENCE)
    async with (
        ClientSession(timeout=timeout, headers=headers, trust_env=away) as session,
        session.get(url, allow_redirects=False) as response,
    ):
        return response.status
