"""Whether a text fits a model's context window, told before anything is paid."""

from __future__ import annotations

import pytest

from stepladder.engine.window import Room, Window
from stepladder.policy import OpenAISpec
from stepladder.task import Task
from stepladder.types import Candidate

TASK = Task.model_validate({"name": "t", "instructions": "Choose.", "labels": ["yes", "no"]})
SPEC = OpenAISpec.model_validate({"kind": "openai", "model": "m"})


@pytest.mark.parametrize(
    ("text", "room"),
    [
        ("short", Room.ENOUGH),
        # 4,000 characters: probably 1,000 tokens of 2,000.
        ("word " * 800, Room.ENOUGH),
        # 9,000 characters are probably 2,250 tokens, and surely at least 1,000: a token a word.
        ("wordword " * 1_000, Room.DOUBTFUL),
        ("word " * 2_001, Room.NONE),
        # A token stands for sixteen characters at most.
        ("x" * 200_000, Room.NONE),
        ("你" * 200_000, Room.NONE),
    ],
)
def test_room(text: str, room: Room) -> None:
    window = Window.of(2_000, TASK, SPEC, encoding=None)
    assert window.room_for(Candidate("1", {"text": text})) is room


def test_words_say_how_long_it_is() -> None:
    window = Window.of(2_000, TASK, SPEC, encoding=None)
    said = window.described(Candidate("1", {"text": "x" * 200_000}))
    assert said.startswith("a prompt of 200,0")
    assert said.endswith("of at most 2,000")
