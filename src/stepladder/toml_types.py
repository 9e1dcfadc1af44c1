"""What a model would take at a place in a TOML file: which keys, which kinds of table."""

from __future__ import annotations

from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Loc = tuple[int | str, ...]
"""Where pydantic found a problem: keys and places in lists, and the kinds of tables in a union."""


def keys_at(model: type[BaseModel], loc: Loc) -> tuple[str, ...]:
    """The keys of the table at the location; empty when it is not a table of ours."""
    return tuple(_fields(_at(model, loc)))


def kinds_at(model: type[BaseModel], loc: Loc) -> tuple[str, ...]:
    """The kinds of table that the location takes, where it takes several."""
    return tuple(kind for member in get_args(_bare(_at(model, loc))) for kind in _kinds(member))


def _at(model: type[BaseModel], loc: Loc) -> Any:
    at: Any = model
    for step in loc:
        at = _below(at, step)
    return at


def _below(at: Any, step: int | str) -> Any:
    """The type of what stands one step below a type, or None when that is not known."""
    at = _bare(at)
    if get_origin(at) in (Union, UnionType):
        return next((member for member in get_args(at) if step in _kinds(member)), None)
    if get_origin(at) is dict:
        return get_args(at)[1]
    if get_origin(at) in (tuple, list):
        return get_args(at)[0]
    field = _fields(at).get(str(step))
    return field.annotation if field else None


def _bare(at: Any) -> Any:
    """The type without what it is annotated with, and without None beside it."""
    members = [member for member in get_args(at) if member is not type(None)]
    optional = get_origin(at) in (Union, UnionType) and len(members) == 1
    return _bare(members[0]) if optional or get_origin(at) is Annotated else at


def _fields(at: Any) -> Mapping[str, FieldInfo]:
    at = _bare(at)
    if not (isinstance(at, type) and issubclass(at, BaseModel)):
        return {}
    return {field.alias or name: field for name, field in at.model_fields.items()}


def _kinds(member: Any) -> tuple[str, ...]:
    """What tells this member of a union from the others: its required literals."""
    literals = (f.annotation for f in _fields(member).values() if f.is_required())
    named = (k for a in literals if get_origin(a) is Literal for k in get_args(a))
    return tuple(str(kind) for kind in named)
