"""tiktoken's encodings, loaded from a file that is already here: never from the network."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from hashlib import sha1, sha256
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING

from stepladder.pricing.litellm_package import litellm_folder

if TYPE_CHECKING:
    from tiktoken import Encoding

_SHA256 = {
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "p50k_base": "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
    "r50k_base": "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930",
}
"""Digests of the files; an encoding never changes."""

ENCODINGS: Mapping[str, str] = MappingProxyType(
    {
        "cl100k_base": "cl100k_base",
        "o200k_base": "o200k_base",
        "o200k_harmony": "o200k_base",
        "p50k_base": "p50k_base",
        "p50k_edit": "p50k_base",
        "r50k_base": "r50k_base",
    }
)
"""The encodings a price table may name, with the file each is loaded from."""

_CACHE_VARIABLES = ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR")
_LOADING = Lock()


@cache
def load_encoding(name: str) -> Encoding | None:
    """The encoding; None when its file is not on this machine or tiktoken does not know it."""
    table = ENCODINGS.get(name)
    folder = None if table is None else _folder_with(table)
    if folder is None:
        return None
    from tiktoken import get_encoding

    with _LOADING, _cache_folder(folder):
        try:
            return get_encoding(name)
        except ValueError:
            return None


def _folder_with(table: str) -> Path | None:
    """The first folder with an intact file: tiktoken replaces any other from the network."""
    url = f"https://openaipublic.blob.core.windows.net/encodings/{table}.tiktoken"
    file = sha1(url.encode(), usedforsecurity=False).hexdigest()
    return next((f for f in _folders() if _intact(f / file, _SHA256[table])), None)


def _folders() -> Iterator[Path]:
    """Where tiktoken's files may lie: where the user says, in litellm, in tiktoken's own cache."""
    yield from (Path(os.environ[name]) for name in _CACHE_VARIABLES if os.environ.get(name))
    litellm = litellm_folder()
    if litellm is not None:
        yield litellm / "litellm_core_utils" / "tokenizers"
    yield Path(tempfile.gettempdir()) / "data-gym-cache"


def _intact(file: Path, digest: str) -> bool:
    try:
        return sha256(file.read_bytes()).hexdigest() == digest
    except OSError:
        return False


@contextmanager
def _cache_folder(folder: Path) -> Iterator[None]:
    """tiktoken reads from this folder meanwhile; it takes the folder from the environment only."""
    variable = _CACHE_VARIABLES[0]
    before = os.environ.get(variable)
    os.environ[variable] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[variable]
        else:
            os.environ[variable] = before
