"""TOML into frozen pydantic models, with errors that name file, line and key.

Numbers with a point become Decimal, so that a price is exactly what the file says.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from stepladder.errors import SettingsError
from stepladder.nearest import did_you_mean

Loaded = TypeVar("Loaded", bound="Settings")


class Settings(BaseModel):
    """What every table of a TOML file is read into: frozen, and closed to unknown keys."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, strict=False
    )


def read_toml(path: Path, error: type[SettingsError]) -> Mapping[str, Any]:
    """The tables of a TOML file; raises `error` when it is missing or not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except FileNotFoundError:
        raise error(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise error(f"{path}: cannot be read: {problem}") from None
    except tomllib.TOMLDecodeError as problem:
        raise error(f"{path}: not valid TOML: {problem}") from None


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
        raise error(_first_problem(model, problem, path)) from None


def _first_problem(model: type[Settings], problem: ValidationError, path: Path) -> str:
    detail = problem.errors(include_url=False)[0]
    keys = _user_keys(detail["loc"])
    where = f"{path}{_line(path, keys)}: {'.'.join(keys) or 'the file'}"
    if detail["type"] == "extra_forbidden":
        return f"{where}: unknown key; {did_you_mean(keys[-1], _siblings(model, keys))}"
    if detail["type"] == "missing":
        return f"{where}: missing; add it"
    message = detail["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    given = detail.get("input")
    if detail["type"] != "value_error" and isinstance(given, str | int | float | bool | Decimal):
        return f"{where}: {message}, not {str(given)!r}"
    return f"{where}: {message}"


def _user_keys(loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """The location without what pydantic adds to it for unions."""
    tags = {"function-after", "function-before", "constrained-str", "str", "list", "dict"}
    return tuple(str(k) for k in loc if str(k) not in tags and not re.search(r"[\[(]", str(k)))


def _siblings(model: type[BaseModel], keys: tuple[str, ...]) -> set[str]:
    """Keys known beside the unknown one: those of every model reachable under its parents."""
    names: set[str] = set()
    models = _models_at(model, keys[:-1])
    for candidate in models:
        names |= {field.alias or name for name, field in candidate.model_fields.items()}
    return names or {field.alias or name for name, field in model.model_fields.items()}


def _models_at(model: type[BaseModel], keys: tuple[str, ...]) -> list[type[BaseModel]]:
    models: list[type[BaseModel]] = [model]
    for key in keys:
        deeper: list[type[BaseModel]] = []
        for candidate in models:
            by_alias = {f.alias or n: f for n, f in candidate.model_fields.items()}
            if key in by_alias:
                deeper += _models_in(by_alias[key].annotation)
        # A dictionary's own key or a list's index stays with the models found so far.
        models = deeper or models
    return models


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for part in getattr(annotation, "__args__", ()) for m in _models_in(part)]


def _line(path: Path, keys: tuple[str, ...]) -> str:
    """':12' for the line that mentions the last of the keys, walking down from the first."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    at, found = 0, None
    for key in keys:
        if key.isdigit():
            at, found = _nth_table(lines, at, int(key), found)
            continue
        pattern = re.compile(rf"(^\s*|[\[.{{,\s\"']){re.escape(key)}([\]\s=.\"']|$)")
        hit = next((i for i in range(at, len(lines)) if pattern.search(lines[i])), None)
        if hit is not None:
            at, found = hit, hit
    return "" if found is None else f":{found + 1}"


def _nth_table(lines: list[str], at: int, index: int, found: int | None) -> tuple[int, int | None]:
    """Move to the index-th `[[table]]` of the same name as the one at `at`."""
    header = lines[at].strip()
    if not header.startswith("[["):
        return at, found
    same = [i for i, line in enumerate(lines) if line.strip() == header]
    return (same[index], same[index]) if index < len(same) else (at, found)
