"""Text templates: {column} is replaced by the row's value, {{ and }} are braces, no more."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def check_template(template: str) -> str:
    """The template itself; raises ValueError for a lone brace or an empty placeholder."""
    for match in PLACEHOLDER.finditer(template):
        if match.group() in {"{", "}"}:
            raise ValueError(f"a lone {match.group()} in the template; write it twice")
        if match.group(1) is not None and not match.group(1).strip():
            raise ValueError("{} in the template names no column")
    if not template_columns(template):
        raise ValueError("the template names no column, such as {text}")
    return template


def template_columns(template: str) -> tuple[str, ...]:
    """The columns that the template draws on, in order."""
    names = (m.group(1) for m in PLACEHOLDER.finditer(template))
    return tuple(dict.fromkeys(name.strip() for name in names if name))


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with every placeholder replaced once; values are never read as templates."""

    def replacement(match: re.Match[str]) -> str:
        if match.group() in ("{{", "}}"):
            return match.group()[0]
        return values.get(match.group(1).strip(), "").replace("\0", " ")

    return PLACEHOLDER.sub(replacement, template)
