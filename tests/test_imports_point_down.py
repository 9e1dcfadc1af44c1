"""A room imports only what stands above it, and a heavy package only in its own room."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1] / "src" / "stepladder"

ORDER: tuple[tuple[str, ...], ...] = (
    ("types",),
    ("errors",),
    ("version",),
    ("digest",),
    ("nearest",),
    ("toml_lines",),
    ("toml_types",),
    ("toml_problems",),
    ("strict_toml",),
    ("shipped",),
    ("tables",),
    ("task",),
    ("recording",),
    ("pricing",),
    ("policy",),
    # These do not import each other.
    (
        "annotators",
        "confidence",
        "routing",
        "acquisition",
        "generation",
        "stopping",
        "audit",
        "ledger",
    ),
    ("engine",),
    ("loop",),
    ("simulate",),
    ("tune",),
    ("labels",),
    ("oracle",),
    ("integrations",),
    ("testing",),
    ("report",),
    ("cli",),
    ("web",),
)
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}

HEAVY = {
    "aiohttp": {"annotators", "testing"},
    "litellm": {"annotators"},
    "xllamacpp": {"annotators"},
    "sklearn": {"confidence"},
    "scipy": {"audit", "confidence"},
    "sqlmodel": {"ledger"},
    "sqlalchemy": {"ledger"},
    "tiktoken": {"pricing"},
    "pyarrow": {"tables"},
    "matplotlib": {"report"},
}
"""Where a package may be imported at the top of a module."""

Imports = ast.Import | ast.ImportFrom


class Module(NamedTuple):
    """A module's name and text."""

    name: str
    source: str

    @property
    def room(self) -> str:
        return self.name.split(".")[1]


def modules() -> list[Module]:
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        if len(parts) == 2 and parts[1] in {"__init__", "__main__"}:
            continue
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(Module(name, path.read_text(encoding="utf-8")))
    return found


def named(statement: Imports, package: str) -> list[str]:
    """The modules, or things in modules, that a statement imports."""
    if isinstance(statement, ast.Import):
        return [alias.name for alias in statement.names]
    above = package.split(".")[: -statement.level + 1 or None] if statement.level else []
    module = ".".join([*above, *filter(None, [statement.module])])
    return [f"{module}.{alias.name}" for alias in statement.names]


def upward_imports(module: Module) -> list[str]:
    """What a module imports from rooms that are not above its own, also inside functions."""
    package, rank = module.name.rpartition(".")[0], RANK.get(module.room, 0)
    found = []
    for statement in ast.walk(ast.parse(module.source)):
        if not isinstance(statement, Imports):
            continue
        for target in named(statement, package):
            root, _, rest = target.partition(".")
            room = rest.partition(".")[0]
            allowed = room == module.room or RANK.get(room, len(ORDER)) < rank
            if root == "stepladder" and not allowed:
                found.append(target)
    return found


def top_level(tree: ast.AST) -> Iterator[Imports]:
    """The imports that run when the module is imported."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Imports):
            yield node
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from top_level(ast.Module(node.orelse, []))
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from top_level(node)


def heavy_imports(module: Module) -> list[str]:
    """The heavy packages that come with importing a module outside their rooms."""
    targets = (t for s in top_level(ast.parse(module.source)) for t in named(s, module.name))
    packages = (target.partition(".")[0] for target in targets)
    return [name for name in packages if name in HEAVY and module.room not in HEAVY[name]]


MODULES = modules()


def test_every_room_has_its_place_in_the_order() -> None:
    assert len(MODULES) > 20
    assert {module.room for module in MODULES} - RANK.keys() == set()


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_a_room_imports_only_what_stands_above_it(module: Module) -> None:
    assert upward_imports(module) == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_a_heavy_package_is_imported_in_its_own_room_or_late(module: Module) -> None:
    assert heavy_imports(module) == []


@pytest.mark.parametrize(
    ("name", "source", "found"),
    [
        (
            "stepladder.task.load",
            "from stepladder.policy import Policy",
            ["stepladder.policy.Policy"],
        ),
        ("stepladder.task.load", "import stepladder.engine.run", ["stepladder.engine.run"]),
        (
            "stepladder.task.load",
            "def f():\n    from stepladder import oracle",
            ["stepladder.oracle"],
        ),
        ("stepladder.task.load", "from stepladder import Oracle", ["stepladder.Oracle"]),
        ("stepladder.task.load", "import stepladder", ["stepladder"]),
        ("stepladder.task.load", "from ..engine import run", ["stepladder.engine.run"]),
        ("stepladder.task.load", "from .. import cli", ["stepladder.cli"]),
        (
            "stepladder.ledger.store",
            "if TYPE_CHECKING:\n    from stepladder.routing import Next",
            ["stepladder.routing.Next"],
        ),
        ("stepladder.errors", "from .engine import run", ["stepladder.engine.run"]),
        ("stepladder.task.load", "from stepladder.types import Usd\nfrom .schema import Task", []),
        ("stepladder.task.load", "from stepladder import types, tables", []),
        ("stepladder.testing.fake", "from stepladder.engine import run", []),
        ("stepladder.task.load", "import json, stepladders", []),
    ],
)
def test_the_check_itself_sees_upward_imports(name: str, source: str, found: list[str]) -> None:
    assert upward_imports(Module(name, source)) == found


@pytest.mark.parametrize(
    ("name", "source", "found"),
    [
        ("stepladder.engine.run", "import aiohttp", ["aiohttp"]),
        ("stepladder.engine.run", "from sklearn.linear_model import X", ["sklearn"]),
        ("stepladder.engine.run", "try:\n    import litellm\nexcept ImportError: ...", ["litellm"]),
        ("stepladder.engine.run", "class A:\n    import pyarrow.parquet as p", ["pyarrow"]),
        ("stepladder.engine.run", "if TYPE_CHECKING:\n    import aiohttp", []),
        ("stepladder.engine.run", "if TYPE_CHECKING: ...\nelse:\n    import scipy", ["scipy"]),
        ("stepladder.engine.run", "def f():\n    import aiohttp", []),
        ("stepladder.annotators.http", "import aiohttp", []),
        ("stepladder.ledger.store", "import aiohttp, sqlmodel", ["aiohttp"]),
    ],
)
def test_the_check_itself_sees_heavy_imports(name: str, source: str, found: list[str]) -> None:
    assert heavy_imports(Module(name, source)) == found


def test_reading_tables_tasks_and_policies_loads_nothing_heavy() -> None:
    rooms = ("types", "errors", "tables", "task", "pricing", "policy")
    program = f"""
import sys, {", ".join(f"stepladder.{room}" for room in rooms)}
print(*sorted({set(HEAVY)!r} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
