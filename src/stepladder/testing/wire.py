"""HTTP/1.1 as a fake provider writes it, right and wrong; pure."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from http import HTTPStatus

import orjson

from stepladder.testing.faults import STATUSES, Fault

JSON = b"application/json"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
HTML = b"<!DOCTYPE html><html><body><h1>We are down for maintenance</h1></body></html>"
WRONG_SHAPE = b'{"choices":{"0":{"message":["yes"]}},"result":"ok","usage":[]}'
MESSAGES = {
    Fault.RATE_LIMITED: "too many requests",
    Fault.NO_CREDIT: "you exceeded your current quota, please check your plan",
    Fault.UNAUTHORIZED: "incorrect API key provided",
    Fault.FAILING: "the server had an error",
    Fault.BAD_GATEWAY: "bad gateway",
    Fault.UNAVAILABLE: "the service is unavailable",
    Fault.GATEWAY_TIMEOUT: "the gateway gave up waiting",
    Fault.OVERLOADED: "overloaded",
}
COME_BACK = frozenset({Fault.RATE_LIMITED, Fault.UNAVAILABLE, Fault.OVERLOADED})
"""Faults that may tell when to come back."""
BLANKS = b" " * (1 << 20)
BOMB_MEGABYTES = 512


class Then(Enum):
    """What becomes of the connection after the bytes."""

    KEEP = auto()
    CLOSE = auto()
    RESET = auto()
    HANG = auto()


@dataclass(slots=True)
class Sent:
    """Bytes for the client, and what follows them."""

    data: bytes
    then: Then = Then.KEEP


def message(status: int, body: bytes, headers: bytes = b"", kind: bytes = JSON) -> bytes:
    """A whole HTTP response; `headers` are lines, each with its end."""
    if status == 200 and not headers and kind is JSON:
        return OK % (len(body), body)
    return b"HTTP/1.1 %d %b\r\nContent-Type: %b\r\nContent-Length: %d\r\n%b\r\n%b" % (
        status, _reason(status), kind, len(body), headers, body,
    )  # fmt: skip


def error(status: int, said: str, headers: bytes = b"", code: str | None = None) -> bytes:
    """A failure as the protocol words it."""
    told = {"message": said, "type": code or "fake", "code": code}
    return message(status, orjson.dumps({"error": told}), headers)


def refusal(fault: Fault, retry_after: float | None, headers: bytes) -> bytes:
    """The reply of a fault that is an HTTP status."""
    if retry_after is not None and fault in COME_BACK:
        headers += b"Retry-After: %b\r\n" % f"{retry_after:g}".encode()
    code = "insufficient_quota" if fault is Fault.NO_CREDIT else None
    return error(STATUSES[fault], MESSAGES[fault], headers, code)


def broken(fault: Fault | None, body: bytes, headers: bytes) -> Sent:
    """What arrives of a reply that was made."""
    match fault:
        case Fault.RESET | Fault.RESET_AFTER_WORK:
            return Sent(b"", Then.RESET)
        case Fault.HANGING:
            return Sent(b"", Then.HANG)
        case Fault.HANGING_MIDWAY:
            return Sent(_half(body, headers), Then.HANG)
        case Fault.TRUNCATED:
            return Sent(_half(body, headers), Then.CLOSE)
        case _:
            return Sent(_wrong(fault, body, headers))


def _wrong(fault: Fault | None, body: bytes, headers: bytes) -> bytes:
    """A whole response, whatever it says."""
    match fault:
        case Fault.MALFORMED:
            return message(200, body[: len(body) // 2], headers)
        case Fault.WRONG_SHAPE:
            return message(200, WRONG_SHAPE, headers)
        case Fault.HTML:
            return message(200, HTML, headers, b"text/html; charset=utf-8")
        case Fault.GZIP_BOMB:
            return message(200, gzip_bomb(), headers + b"Content-Encoding: gzip\r\n")
        case _:
            return message(200, body, headers)


def _half(body: bytes, headers: bytes) -> bytes:
    whole = message(200, body, headers)
    return whole[: len(whole) - (len(body) - len(body) // 2)]


def _reason(status: int) -> bytes:
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b"Overloaded"


@cache
def gzip_bomb() -> bytes:
    """512 MiB of blanks as half a megabyte of valid gzip (RFC 1952)."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    # After a full flush a block stands alone, so one block can be sent 512 times.
    block = squeezer.compress(BLANKS) + squeezer.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(BOMB_MEGABYTES):
        check = zlib.crc32(BLANKS, check)
    size = BOMB_MEGABYTES * len(BLANKS)
    ends = check.to_bytes(4, "little") + size.to_bytes(4, "little")
    return b"\x1f\x8b\x08" + bytes(6) + b"\xff" + block * BOMB_MEGABYTES + b"\x03\x00" + ends
