from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stepladder.annotators import (
    Answer,
    FunctionAnnotator,
    HumanAnnotator,
    RecordedAnnotator,
    ScriptedAnnotator,
    build_annotators,
)
from stepladder.errors import PolicyError
from stepladder.policy import Policy
from stepladder.pricing.price import Price
from stepladder.task import Task
from stepladder.types import Candidate, Labelled

TASK = Task.model_validate(
    {"name": "t", "instructions": "Yes or no?", "labels": {"yes": {}, "no": {}}}
)
PRICE = Price("m", date(2025, 1, 1), "test", 1, 1, 1, 1, 1, encoding=None, context=1000)


def policy(**annotators: dict[str, Any]) -> Policy:
    tiers = [{"name": name, "ask": name} for name in annotators]
    return Policy.model_validate({"name": "p", "annotators": annotators, "tiers": tiers})


MINE = policy(mine={"kind": "custom", "price": "free"})


def always_yes(candidate: Candidate) -> str:
    return "yes"


async def test_files_are_looked_for_beside_the_policy(tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text("id,label\n1,no\n")
    (tmp_path / "votes.jsonl").write_text('{"id": "1", "votes": {"big": "yes"}}\n')
    built = build_annotators(
        policy(
            script={"kind": "scripted", "answers": {"*": "yes"}},
            replay={"kind": "recorded", "recording": "votes.jsonl", "annotator": "big"},
            me={"kind": "human", "answers": "answers.csv"},
        ),
        TASK,
        tmp_path,
        {},
    )
    assert list(built) == ["script", "replay", "me"]
    assert isinstance(built["script"], ScriptedAnnotator)
    assert isinstance(built["replay"], RecordedAnnotator)
    assert isinstance(built["me"], HumanAnnotator)
    labels = {}
    for name, annotator in built.items():
        assert annotator.name == name
        await annotator.open()
        reply = await annotator.ask(Candidate("1"))
        assert isinstance(reply, Answer)
        labels[name] = reply.outcome
    assert labels == {"script": Labelled("yes"), "replay": Labelled("yes"), "me": Labelled("no")}


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ({"kind": "openai", "model": "m", "base_url": "http://127.0.0.1:1/v1"}, "OpenAIAnnotator"),
        ({"kind": "litellm", "model": "m"}, "LitellmAnnotator"),
        ({"kind": "local", "model": "m.gguf"}, "LocalAnnotator"),
    ],
)
def test_models_are_built_with_their_name(tmp_path: Path, spec: dict[str, Any], kind: str) -> None:
    (tmp_path / "m.gguf").touch()
    built = build_annotators(policy(m=spec), TASK, tmp_path, {"m": PRICE})
    assert type(built["m"]).__name__ == kind
    assert built["m"].name == "m"


def test_only_those_that_some_tier_asks_are_built() -> None:
    whole = MINE.model_dump() | {"annotators": {**MINE.annotators, "spare": {"kind": "custom"}}}
    built = build_annotators(
        Policy.model_validate(whole), TASK, Path(), {}, custom={"mine": always_yes}
    )
    assert list(built) == ["mine"]


async def test_a_function_becomes_an_annotator_and_an_annotator_stays_itself() -> None:
    of_function = build_annotators(MINE, TASK, Path(), {}, {"mine": always_yes})["mine"]
    assert isinstance(of_function, FunctionAnnotator)
    assert of_function.name == "mine"
    reply = await of_function.ask(Candidate("1"))
    assert isinstance(reply, Answer)
    assert reply.outcome == Labelled("yes")

    own = ScriptedAnnotator("mine", {"*": "no"}, TASK)
    assert build_annotators(MINE, TASK, Path(), {}, {"mine": own})["mine"] is own


@pytest.mark.parametrize(
    ("custom", "complaint"),
    [
        ({}, r"annotators\.mine: .*pass Oracle\.from_files\(…, annotators=\{'mine': your_function"),
        ({"mien": always_yes, "mine": always_yes}, r"'mien' was passed .*did you mean 'mine'\?"),
        ({"mine": ScriptedAnnotator("x", {}, TASK)}, r"annotators\.mine: .* named 'x'; rename one"),
        ({"mine": ScriptedAnnotator}, r"annotators\.mine: ScriptedAnnotator is a class; pass Scr"),
    ],
)
def test_what_was_passed_must_fit_the_policy(custom: dict[str, Any], complaint: str) -> None:
    with pytest.raises(PolicyError, match=complaint):
        build_annotators(MINE, TASK, Path(), {}, custom)


def test_only_the_custom_kind_can_be_passed() -> None:
    scripted = policy(weak={"kind": "scripted", "answers": {"*": "yes"}})
    with pytest.raises(PolicyError, match=r"annotators\.weak: of kind 'scripted'"):
        build_annotators(scripted, TASK, Path(), {}, {"weak": always_yes})
