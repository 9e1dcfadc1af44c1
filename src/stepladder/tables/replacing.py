"""Writing files so that a reader never sees half of one, and a full disk is said plainly."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from stepladder.errors import TableError

REMEDIES = {
    errno.ENOSPC: "make room and run the same command again",
    errno.EDQUOT: "make room and run the same command again",
    errno.EFBIG: "make room and run the same command again",
    errno.EACCES: "choose another place, or change its permissions",
    errno.EPERM: "choose another place, or change its permissions",
    errno.EROFS: "choose another place",
    errno.EISDIR: "name a file in it",
}
"""What to do about the errors that a user is likely to meet."""


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turns an OSError into a TableError that names the path and what to do."""
    try:
        yield
    except OSError as problem:
        remedy = REMEDIES.get(problem.errno or 0, "choose another place")
        what = (problem.strerror or str(problem)).lower()
        raise TableError(f"{path}: cannot be written: {what}; {remedy}") from problem


def check_place(path: Path) -> None:
    """Raise TableError where no file could be written, before work begins that it would hold.

    Its folder is made if need be.
    """
    with plain_errors(path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = _beside(path)
        temporary.touch()
        temporary.unlink(missing_ok=True)


def is_one_of(path: Path, others: Iterable[Path]) -> bool:
    """Whether the file is there, and one of the others, by whatever name."""
    return path.exists() and any(one.exists() and path.samefile(one) for one in others)


def check_unread(path: Path, inputs: Iterable[Path]) -> None:
    """Raise TableError where writing the file would destroy one of those that are read."""
    if is_one_of(path, inputs):
        raise TableError(f"{path}: is read by the same command; name another place")


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file beside `path` that takes its place, durably, if the block ends without an error."""
    temporary = _beside(path)
    try:
        with temporary.open("wb") as file:
            # What the user closed to others stays closed.
            with suppress(FileNotFoundError):
                shutil.copymode(path, temporary)
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _settle_folder(path.parent)


def _beside(path: Path) -> Path:
    # Named rather than made by tempfile, whose files only their owner may read.
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


def _settle_folder(folder: Path) -> None:
    """Make the new name survive a power cut, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
