"""The wheel, installed in an empty environment, is whole: policies and prices are inside."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


def sh(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    sh(sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", folder, ROOT, cwd=folder)
    return next(folder.glob("*.whl"))


def test_it_carries_types_policies_and_prices(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "stepladder/py.typed" in names
    for kind in ("policies", "pricing"):
        shipped = {f"stepladder/shipped/{kind}/{p.name}" for p in (ROOT / kind).glob("*.toml")}
        assert shipped
        assert shipped <= set(names)


def test_it_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    sh(sys.executable, "-m", "venv", "venv", cwd=tmp_path)
    binaries = tmp_path / "venv" / "bin"
    sh(binaries / "pip", "install", "--quiet", wheel, cwd=tmp_path)
    (tmp_path / "texts.csv").write_text("text,gold\ngood,yes\nbad,no\n")

    stepladder = binaries / "stepladder"
    sh(stepladder, "init", "texts.csv", "--policy", "single-model", cwd=tmp_path)
    prices = json.loads(sh(stepladder, "prices", "gpt-4o-mini", "--json", cwd=tmp_path))
    assert "0.15" in json.dumps(prices)
    (tmp_path / "policy.toml").write_text(
        'name = "p"\n[budget]\nusd = 1\n[annotators.a]\nkind = "scripted"\n'
        'answers = {"*" = "yes"}\n'
        '[[tiers]]\nname = "a"\nask = "a"\n'
    )
    files = ("--task", "task.toml", "--policy", "policy.toml")
    sh(stepladder, "label", "texts.csv", *files, cwd=tmp_path)
    assert (tmp_path / "texts.labelled.csv").read_text().count("labelled") == 2
