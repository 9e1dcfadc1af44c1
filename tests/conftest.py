"""No test reaches the network, and Hypothesis finds the same examples in CI each time."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import settings

# Before numpy is imported: problems this small take five times as long with more threads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


class NetworkUsedError(RuntimeError):
    """A test reached for the network; not an OSError, so that no retry hides it."""


def _is_here(connection: socket.socket, address: Any) -> bool:
    if connection.family not in (socket.AF_INET, socket.AF_INET6):
        return True
    host = str(address[0]).partition("%")[0]
    try:
        return host in {"", "localhost"} or ip_address(host).is_loopback
    except ValueError:
        return False


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(connection: socket.socket, address: Any) -> Any:
        if not _is_here(connection, address):
            raise NetworkUsedError(f"tests reach nothing but this machine, not {address!r}")
        return connect(connection, address)

    return guarded


@pytest.fixture(scope="session", autouse=True)
def _only_loopback() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guarded(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", _guarded(socket.socket.connect_ex))
        yield


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c_arrives() -> Iterator[None]:
    """Also where the shell ignores it, as for a command in the background: that is inherited."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
