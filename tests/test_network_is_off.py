"""The guard in conftest.py holds, so a passing test proves that nothing was sent."""

from __future__ import annotations

import asyncio
import socket

import pytest

# An address set aside for documentation: nothing answers there, guarded or not.
ELSEWHERE = ("192.0.2.1", 80)


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_a_connection_elsewhere_is_refused(method: str) -> None:
    with socket.socket() as connection, pytest.raises(RuntimeError, match=r"192\.0\.2\.1"):
        getattr(connection, method)(ELSEWHERE)


async def test_asyncio_is_guarded_too() -> None:
    with pytest.raises(RuntimeError, match=r"192\.0\.2\.1"):
        await asyncio.open_connection(*ELSEWHERE)


def test_loopback_works() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
