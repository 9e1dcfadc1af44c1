"""Every dependency has its reason in docs/security.md, pinned as pyproject.toml pins it."""

from __future__ import annotations

import re
import tomllib

from attack_cases import ROOT

ROW = re.compile(r"^\| `([A-Za-z0-9_.-]+)([^`]*)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.M)
WANTED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?(.*)$")


def _wanted() -> dict[str, str]:
    """What an installation may bring, with its versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [one for some in project["optional-dependencies"].values() for one in some]
    found = [WANTED.match(one) for one in (*project["dependencies"], *extras)]
    return {match.group(1): match.group(2) for match in found if match}


def _listed() -> dict[str, tuple[str, ...]]:
    """Version, where it comes with, reason and what it may do, as the table says."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    return {row[0]: row[1:] for row in ROW.findall(text)}


def test_the_table_lists_what_is_installed_and_nothing_else() -> None:
    assert {name: row[0] for name, row in _listed().items()} == _wanted()


def test_every_dependency_has_a_reason_and_says_what_it_may_do() -> None:
    for name, (_, _, reason, may_do) in _listed().items():
        assert len(reason.strip()) > 10, name
        assert len(may_do.strip()) > 10, name


def test_what_was_attacked_is_pinned_exactly() -> None:
    assert _wanted()["litellm"] == "==1.106.2"
