"""What is wrong with a TOML file, in one line that names file, line and key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from stepladder.nearest import did_you_mean
from stepladder.toml_lines import Keys, key_lines, line_of

Loc = tuple[int | str, ...]
"""Where pydantic found a problem: keys, with what it adds for unions."""

MISSING = {"missing", "union_tag_not_found"}
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
    except (OSError, ValueError):
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
            return f"unknown key; {did_you_mean(str(loc[-1]), _siblings(model, loc))}"
        case "missing":
            return "missing; add it"
        case "union_tag_not_found":
            return f"missing; write one of {', '.join(_tags_at(model, loc[:-1]))}"
        case "union_tag_invalid":
            tag, known = detail["ctx"]["tag"], _tags_at(model, loc[:-1])
            return f"unknown {loc[-1]} {tag!r}; it is one of {', '.join(known)}"
        case "value_error":
            return detail["msg"].removeprefix("Value error, ")
        case kind:
            return f"{SHAPES.get(kind) or _plainer(detail['msg'])}{_given(detail)}"


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


def _siblings(model: type[BaseModel], loc: Loc) -> set[str]:
    """The keys known beside the unknown one at the end of the location."""
    at: Any = model
    for step in loc[:-1]:
        at = _below(at, step)
    return {field.alias or name for name, field in _fields(at).items()}


def _tags_at(model: type[BaseModel], loc: Loc) -> list[str]:
    at: Any = model
    for step in loc:
        at = _below(at, step)
    return [tag for member in get_args(_bare(at)) for tag in _tags(member)]


def _below(at: Any, step: int | str) -> Any:
    """The type of what stands one step below a type, or None when that is not known."""
    at = _bare(at)
    if get_origin(at) in (Union, UnionType):
        members = [member for member in get_args(at) if member is not type(None)]
        if len(members) == 1:
            return _below(members[0], step)
        return next((m for m in members if step in _tags(m)), None)
    if get_origin(at) is dict:
        return get_args(at)[1]
    if get_origin(at) in (tuple, list):
        return get_args(at)[0]
    by_key = {field.alias or name: field for name, field in _fields(at).items()}
    return by_key[step].annotation if step in by_key else None


def _bare(at: Any) -> Any:
    return get_args(at)[0] if get_origin(at) is Annotated else at


def _fields(at: Any) -> Mapping[str, Any]:
    at = _bare(at)
    return at.model_fields if isinstance(at, type) and issubclass(at, BaseModel) else {}


def _tags(member: Any) -> tuple[str, ...]:
    """What tells this member of a union from the others: its class, or a literal such as kind."""
    literals = (f.annotation for f in _fields(member).values() if f.is_required())
    named = (t for a in literals if get_origin(a) is Literal for t in get_args(a))
    return tuple(str(tag) for tag in named)
