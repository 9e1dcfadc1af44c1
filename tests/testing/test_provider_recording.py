from __future__ import annotations

import json
from collections.abc import Iterator
from math import exp
from pathlib import Path
from typing import Any

import pytest
from asking import LABELS, chat, post

from stepladder.task import Style, Task, Wanted, render_prompt
from stepladder.task.prompt_briefing import briefing
from stepladder.testing import FakeProvider, Recording

VOTES: list[dict[str, Any]] = [
    {
        "id": "7",
        "text": "Lovely [8] soup",
        "votes": {"weak": "no", "strong": "yes"},
        "stated_confidence": {"strong": 0.75},
        "prompt_tokens": 600,
    },
    {"id": "8", "text": "Cold\nsoup", "votes": {"weak": "cannot tell", "strong": None}},
]


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(LABELS) as running:
        yield running


def recorded(folder: Path, rows: list[dict[str, Any]]) -> Path:
    path = folder / "votes.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def votes(tmp_path: Path) -> Path:
    return recorded(tmp_path, VOTES)


def ask(provider: FakeProvider, model: str, text: str, **more: Any) -> Any:
    return post(provider, {**chat(text, **more), "model": model})


def test_the_last_marker_names_the_candidate_and_the_model_the_annotator(
    provider: FakeProvider, votes: Path
) -> None:
    provider.start_over(recording=Recording(votes))
    assert ask(provider, "weak", "Review [7]: Lovely soup").content == "no"
    assert ask(provider, "strong", "Review [7]: Lovely soup").content == "yes"
    assert ask(provider, "weak", "[7] says that [8] was [sic, or not").content == "cannot tell"


def test_what_was_never_recorded_is_a_404_and_free(provider: FakeProvider, votes: Path) -> None:
    provider.start_over(recording=Recording(votes))
    for model, text in [("strong", "[8]"), ("weak", "[9]"), ("weak", "8"), ("other", "[7]")]:
        response = ask(provider, model, text)
        assert response.status == 404
        assert model in response.json()["error"]["message"]
    assert provider.bill().by_model == {}


def test_a_marker_may_be_any_column_and_the_whole_prompt(
    provider: FakeProvider, votes: Path
) -> None:
    provider.start_over(recording=Recording(votes, marker="{text}"))
    assert ask(provider, "weak", "Cold\nsoup").content == "cannot tell"
    assert ask(provider, "weak", "So: Cold\nsoup").status == 404
    provider.start_over(recording=Recording(votes, marker="Review: {text}\nLabel:"))
    asked = "Review: Lovely [8] soup\nLabel: no\n\nReview: Cold\nsoup\nLabel:"
    prompt = {"model": "weak", "prompt": asked}
    assert post(provider, prompt, "completions").choice["text"] == " cannot tell"


def test_the_stated_confidence_is_the_token_s_probability(
    provider: FakeProvider, votes: Path
) -> None:
    provider.start_over(recording=Recording(votes))
    choice = ask(provider, "strong", "[7]", logprobs=True, top_logprobs=3).choice
    listed = choice["logprobs"]["content"][0]["top_logprobs"]
    assert {top["token"]: round(exp(top["logprob"]), 3) for top in listed} == {
        "yes": 0.75,
        "no": 0.125,
        "cannot": 0.125,
    }


def test_it_is_stated_where_the_prompt_asks_for_it(provider: FakeProvider, votes: Path) -> None:
    provider.start_over(recording=Recording(votes))
    task = Task.model_validate({"name": "t", "instructions": "Say it.", "labels": list(LABELS)})
    columns = {"text": "[7] how sure you are that it is right"}
    asked, plain = (briefing(task, Wanted(stated=stated)) for stated in (True, False))

    def content(system: str) -> object:
        turns = [
            {"role": "system", "content": system},
            {"role": "user", "content": columns["text"]},
        ]
        return post(provider, {"model": "strong", "messages": turns}).content

    assert content(asked) == "yes, 75"
    assert content(plain) == "yes"
    prompt = render_prompt(task, columns, Style.COMPLETION, Wanted(stated=True))
    body = {"model": "strong", "prompt": prompt.last_text}
    assert post(provider, body, "completions").choice["text"] == " yes, 75"
    # A script that has its own number keeps it, and what is no label has none.
    provider.start_over(recording=None, script={"[7]": "no, 150 %"})
    assert content(asked) == "no, 150 %"
    provider.start_over(script={"[7]": "no idea"})
    assert content(asked) == "no idea"
    provider.start_over(script={})
    said = content(asked)
    assert isinstance(said, str)
    assert 50 <= int(said.rpartition(", ")[2]) <= 100


@pytest.mark.parametrize("stated", [0, 1])
def test_a_confidence_of_all_or_nothing_still_has_a_logarithm(
    provider: FakeProvider, tmp_path: Path, stated: int
) -> None:
    row = {"id": "7", "votes": {"weak": "no"}, "stated_confidence": {"weak": stated}}
    provider.start_over(recording=Recording(recorded(tmp_path, [row])))
    choice = ask(provider, "weak", "[7]", logprobs=True, top_logprobs=3).choice
    entries = choice["logprobs"]["content"][0]["top_logprobs"]
    first = next(top for top in entries if top["token"] == "no")
    assert exp(first["logprob"]) == pytest.approx(stated, abs=1e-5)


def test_recorded_tokens_are_charged_on_request(provider: FakeProvider, votes: Path) -> None:
    provider.start_over(recording=Recording(votes))
    assert ask(provider, "weak", "[7]").json()["usage"]["prompt_tokens"] == 3
    provider.start_over(recording=Recording(votes, recorded_usage=True))
    assert ask(provider, "weak", "[7]").json()["usage"]["prompt_tokens"] == 600
    assert ask(provider, "weak", "[8]").json()["usage"]["prompt_tokens"] == 3
    assert provider.bill().usage.input == 603


def test_the_script_goes_first(provider: FakeProvider, votes: Path) -> None:
    provider.start_over(recording=Recording(votes), script={"soup": "yes"})
    assert ask(provider, "weak", "[7] soup").content == "yes"
    assert ask(provider, "weak", "[7]").content == "no"
    provider.start_over(script={})


QUESTIONS = [
    {"id": "7", "question": "food", "votes": {"weak": "yes"}},
    {"id": "7", "question": "label", "votes": {"weak": "no"}},
]


def test_several_questions_of_one_candidate(provider: FakeProvider, tmp_path: Path) -> None:
    path = recorded(tmp_path, QUESTIONS)
    provider.start_over(recording=Recording(path, marker="[{id}/{question}]"))
    assert ask(provider, "weak", "[7/food]").content == "yes"
    assert ask(provider, "weak", "[7/label]").content == "no"
    provider.start_over(recording=Recording(path))
    assert ask(provider, "weak", "[7]").content == "no"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"id": "7", "votes": {}}, {"id": "7", "votes": {}}], ":2: "),
        ([{"id": "7", "votes": "yes"}], ":1: "),
        ([{"votes": {"weak": "yes"}}], ":1: no 'id'"),
        ([{"id": "7", "votes": {}, "prompt_tokens": "many"}], ":1: "),
        (
            [{"id": "7", "votes": {}, "stated_confidence": {"weak": 150}}],
            ":1: vote of 'weak': stated_confidence",
        ),
        (
            [{"id": "7", "votes": {}, "stated_confidence": {"weak": "high"}}],
            ":1: vote of 'weak': stated_confid",
        ),
    ],
)
def test_a_recording_that_is_none_names_its_line(
    provider: FakeProvider, tmp_path: Path, rows: list[dict[str, Any]], said: str
) -> None:
    path = recorded(tmp_path, rows)
    with pytest.raises(RuntimeError, match=f"{path.name}{said}"):
        provider.start_over(recording=Recording(path))
    provider.start_over(recording=None)


def test_a_recording_that_is_missing_is_told_before_the_first_request(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(RuntimeError, match="see its stderr"):
        FakeProvider(LABELS, recording=Recording(tmp_path / "none.jsonl")).start()
    err = capfd.readouterr().err
    assert "none.jsonl" in err
    assert "Traceback" not in err


def test_a_marker_needs_a_column() -> None:
    with pytest.raises(ValueError, match="names no column"):
        Recording(Path("votes.jsonl"), marker="[id]")
