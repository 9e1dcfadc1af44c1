"""HTTP/1.1 as a fake provider reads it; pure."""

from __future__ import annotations

from dataclasses import dataclass


class NotHttpError(ValueError):
    """What arrived is no request that it can read."""


@dataclass(slots=True)
class Head:
    """The beginning of a request."""

    method: bytes
    path: bytes
    begins: int
    """Where the body begins."""
    ends: int
    """Where the request ends."""
    waits: bool
    """Whether the client waits for leave to send its body."""
    closes: bool
    """Whether the connection ends with this request."""


def read_head(data: bytes) -> Head | None:
    """The head, or None while it is not all there; raises NotHttpError."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        if len(data) > 65536:
            raise NotHttpError("a head of more than 64 KiB")
        return None
    words = data[: data.find(b"\r\n")].split(b" ")
    if len(words) != 3:
        raise NotHttpError("no request line")
    lines = data[len(words[0]) : end + 2].lower()
    if b"\r\ntransfer-encoding:" in lines:
        raise NotHttpError("a body in chunks; send Content-Length")
    return Head(
        method=words[0],
        path=words[1],
        begins=end + 4,
        ends=end + 4 + _length(lines),
        waits=b"\r\nexpect: 100-continue" in lines,
        closes=b"\r\nconnection: close" in lines or words[2] == b"HTTP/1.0",
    )


def _length(lines: bytes) -> int:
    at = lines.find(b"\r\ncontent-length:")
    if at < 0:
        return 0
    value = lines[at + 17 : lines.find(b"\r\n", at + 17)].strip()
    if not value.isdigit():
        raise NotHttpError("a Content-Length that is no number")
    return int(value)
