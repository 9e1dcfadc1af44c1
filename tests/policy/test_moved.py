"""A policy for another folder still finds its files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.policy import HumanSpec, LocalSpec, Policy, Tier, moved, moved_path

PARTS = st.lists(st.sampled_from(["a", "b", ".."]), min_size=1, max_size=4).map("/".join)


@given(name=PARTS, origin=PARTS, destination=PARTS)
def test_a_moved_path_leads_to_the_same_file(name: str, origin: str, destination: str) -> None:
    here, there = Path("/w/x/y/z") / origin, Path("/w/x/y/z") / destination
    assert (there / moved_path(name, here, there)).resolve() == (here / name).resolve()


@pytest.mark.parametrize("name", ["/srv/p.toml", "~/p.toml"])
def test_what_begins_elsewhere_stays(name: str) -> None:
    assert moved_path(name, Path("/a"), Path("/b")) == name


def test_only_what_is_a_path_is_moved(tmp_path: Path) -> None:
    policy = Policy(
        name="p",
        prices=("own.toml",),
        annotators={
            "file": LocalSpec(kind="local", model="m/own.GGUF"),
            "wheel": LocalSpec(kind="local", model="gemma-3-270m"),
            "person": HumanSpec(kind="human", answers="said.csv"),
        },
        tiers=(Tier(name="t", ask=("file", "wheel")), Tier(name="p", ask=("person",))),
    )
    found = moved(policy, tmp_path / "from", tmp_path / "to")
    assert found.prices == ("../from/own.toml",)
    models = [one.model for one in found.annotators.values() if isinstance(one, LocalSpec)]
    assert models == ["../from/m/own.GGUF", "gemma-3-270m"]
    assert found.annotators["person"] == HumanSpec(kind="human", answers="../from/said.csv")
    assert moved(policy, tmp_path, tmp_path) is policy
