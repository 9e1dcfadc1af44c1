"""What is wrong with a TOML file, in one line that names file, line and key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from stepladder.nearest import did_you_mean
from stepladder.toml_lines import Keys, key_lines, line_of
from stepladder.toml_types import Loc, keys_at, kinds_at

MISSING = {"missing", "union_tag_not_found"}
"""Problems with a key that the file does not have."""
SHAPES = {
    "model_type": "should be a table",
    "model_attributes_type": "should be a table",
    "dict_type": "should be a table",
    "tuple_type": "should be a list",
    "list_type": "should be a list",
    "string_type": "should be a text in quotes",
    "string_too_short": "should not be empty",
    "too_short": "should not be empty",
    "decimal_type": "should be a number",
}
"""Plainer words for what pydantic says of shapes."""
WORDS = (
    (re.compile(r"^Input should"), "should"),
    (re.compile(r"greater than or equal to"), "at least"),
    (re.compile(r"less than or equal to"), "at most"),
    (re.compile(r"<[\w.]+: ('[^']*')>"), r"\1"),
)
"""Plainer words for parts of what pydantic says of values."""
BARE = re.compile(r"[\w-]+")
"""Keys that need no quotes to be told apart from the dots between them."""


class KeyedError(ValueError):
    """A validator's complaint about keys below the table it looks at."""

    def __init__(self, message: str, *keys: str | int) -> None:
        super().__init__(message)
        self.keys = keys
        """From the validated table down to the culprit."""


def located(path: Path, keys: Keys) -> str:
    """'task.toml:12: labels.good', as every message about a TOML file begins."""
    try:
        line = line_of(key_lines(path.read_text(encoding="utf-8-sig")), keys)
    except (OSError, ValueError, RecursionError):
        line = None
    dotted = ".".join(key if BARE.fullmatch(key) else f"'{key}'" for key in keys)
    return ": ".join(filter(None, [f"{path}:{line}" if line else str(path), dotted]))


def describe(
    problem: ValidationError, model: type[BaseModel], tables: Mapping[str, Any], path: Path
) -> str:
    """The first problem; an unknown key first of all, since it explains a missing one."""
    details = problem.errors(include_url=False)
    detail = min(details, key=lambda found: found["type"] != "extra_forbidden")
    loc = (*detail["loc"], *_keys_below(detail))
    keys = _written_keys(loc, tables, missing=detail["type"] in MISSING)
    return f"{located(path, keys)}: {_complaint(detail, model, loc)}"


def _keys_below(detail: ErrorDetails) -> Loc:
    error = detail.get("ctx", {}).get("error")
    if isinstance(error, KeyedError):
        return error.keys
    if detail["type"].startswith("union_tag"):
        return (detail["ctx"]["discriminator"].strip("'"),)
    return ()


def _complaint(detail: ErrorDetails, model: type[BaseModel], loc: Loc) -> str:
    match detail["type"]:
        case "extra_forbidden":
            return f"unknown key; {did_you_mean(str(loc[-1]), keys_at(model, loc[:-1]))}"
        case "missing":
            return "missing; add it"
        case "union_tag_not_found":
            return f"missing; write one of {', '.join(kinds_at(model, loc[:-1]))}"
        case "union_tag_invalid":
            kind, known = detail["ctx"]["tag"], kinds_at(model, loc[:-1])
            return f"unknown {loc[-1]} {kind!r}; it is one of {', '.join(known)}"
        case "value_error":
            return detail["msg"].removeprefix("Value error, ")
        case other:
            return f"{SHAPES.get(other) or _plainer(detail['msg'])}{_given(detail)}"


def _plainer(message: str) -> str:
    for pattern, words in WORDS:
        message = pattern.sub(words, message)
    return f"{message[0].lower()}{message[1:]}"


def _given(detail: ErrorDetails) -> str:
    given = detail["input"]
    if given == "" or isinstance(given, Mapping | list | tuple):
        return ""
    return f", not {given!r}" if isinstance(given, str) else f", not {given}"


def _written_keys(loc: Loc, tables: Mapping[str, Any], *, missing: bool) -> Keys:
    """The location in the user's words: without the names that pydantic adds."""
    node: Any = tables
    keys: list[str] = []
    for depth, step in enumerate(loc):
        inside = _inside(node)
        if step in inside:
            node = inside[step]
        elif not (missing and depth == len(loc) - 1):
            continue
        keys.append(str(step))
    return tuple(keys)


def _inside(node: Any) -> Mapping[Any, Any]:
    if isinstance(node, Mapping):
        return node
    return dict(enumerate(node)) if isinstance(node, list) else {}
