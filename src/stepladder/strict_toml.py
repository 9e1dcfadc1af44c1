"""TOML into frozen pydantic models, with errors that name file, line and key.

Numbers with a point become Decimal, so that a price is exactly what the file says.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from stepladder.errors import SettingsError
from stepladder.toml_problems import KeyedError, describe, located

__all__ = ["KeyedError", "Settings", "load", "located", "parse", "read_toml"]

Loaded = TypeVar("Loaded", bound="Settings")


class Settings(BaseModel):
    """What every table of a TOML file is read into: frozen, and closed to unknown keys."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, strict=False
    )

    @model_validator(mode="before")
    @classmethod
    def _as_typed(cls, table: Any) -> Any:
        """TOML says what is a text, a number or a truth value; none is taken for another."""
        for key, value in table.items() if isinstance(table, dict) else ():
            field = cls.model_fields.get(key)
            wanted = _scalars(field.annotation, field.metadata) if field else set()
            if bool in wanted and not isinstance(value, bool):
                raise KeyedError(f"should be true or false, not {_written(value)}", key)
            if wanted & {int, Decimal} and isinstance(value, bool | str):
                raise KeyedError(f"should be a number, not {_written(value)}", key)
        return table


MOST_PARTS = 64
"""Of a dotted key: tomllib takes the square of their number, hours for a file of a megabyte."""
_ENDLESS_KEY = re.compile(
    rf"""(?<![\w"'-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){{{MOST_PARTS}}}""",
)


def _scalars(annotation: Any, extras: Sequence[Any] = ()) -> set[Any]:
    """The plain types that a field takes, unless it looks at what is written itself."""
    if any(isinstance(extra, BeforeValidator) for extra in extras):
        return set()
    if get_origin(annotation) is Annotated:
        return _scalars(get_args(annotation)[0], get_args(annotation)[1:])
    if get_origin(annotation) in (Union, UnionType):
        return {scalar for member in get_args(annotation) for scalar in _scalars(member)}
    return {annotation}


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


def read_toml(path: Path, error: type[SettingsError]) -> Mapping[str, Any]:
    """The tables of a TOML file; raises `error` when it is missing or not TOML."""
    text = _text_of(path, error)
    if _ENDLESS_KEY.search(text):
        raise error(f"{path}: a key of over {MOST_PARTS} parts; no key of ours has so many")
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as problem:
        raise error(_not_toml(path, str(problem))) from None
    except RecursionError:
        raise error(f"{path}: nested too deeply") from None
    except (ValueError, ArithmeticError):
        # What int and Decimal say when tomllib hands them what it took for a number.
        raise error(f"{path}: holds a number too large to be read") from None


def _text_of(path: Path, error: type[SettingsError]) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise error(f"{path}: no such file") from None
    except IsADirectoryError:
        raise error(f"{path}: is a folder; name a file in it") from None
    except OSError as problem:
        raise error(f"{path}: cannot be read: {problem.strerror or problem}") from None
    except UnicodeDecodeError:
        raise error(f"{path}: not UTF-8; save it as UTF-8") from None


def _not_toml(path: Path, problem: str) -> str:
    line = re.search(r" \(at line (\d+), column \d+\)$", problem)
    where = f"{path}:{line.group(1)}" if line else str(path)
    return f"{where}: not valid TOML: {problem[: line.start()] if line else problem}"


def load(model: type[Loaded], path: Path, error: type[SettingsError]) -> Loaded:
    """The file as `model`; raises `error` naming file, line and key of the first problem."""
    return parse(model, read_toml(path, error), path, error)


def parse(
    model: type[Loaded], tables: Mapping[str, Any], path: Path, error: type[SettingsError]
) -> Loaded:
    """Already read tables as `model`; `path` is where the reader should look."""
    try:
        return model.model_validate(tables)
    except ValidationError as problem:
        raise error(describe(problem, model, tables, path)) from None
