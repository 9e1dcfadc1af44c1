"""`stepladder export` and `record`: runs and interviews as recordings."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Done, run_here

from stepladder.recording import Recording
from stepladder.testing import FakeProvider
from stepladder.types import Source

TASK = """\
name = "mood"
instructions = "Which?"
labels = ["yes", "no"]
[columns]
id = "id"
gold = "gold"
group = "place"
"""
POLICY = """\
name = "p"
[budget]
usd = 1
wages = 10
[calibration]
rows = 6
minimum = 2
[annotators.weak]
kind = "openai"
base_url = "{url}"
model = "gpt-4o-mini"
api_key_env = ""
[annotators.strong]
kind = "openai"
base_url = "{url}"
model = "gpt-4o"
api_key_env = ""
[annotators.person]
kind = "human"
answers = "answers.csv"
[[tiers]]
name = "weak"
ask = "weak"
accept = {{ probability = 0.99 }}
[[tiers]]
name = "strong"
ask = "strong"
accept = {{ probability = 0.999 }}
[[tiers]]
name = "person"
ask = "person"
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    lines = [f"c{n},text {n},{('yes', 'no', '')[n % 3]},p{n // 2}" for n in range(24)]
    (tmp_path / "c.csv").write_text("\n".join(["id,text,gold,place", *lines]))
    (tmp_path / "task.toml").write_text(TASK)
    answers = [f"c{n},{('yes', 'no', 'yes')[n % 3]}" for n in range(24)]
    (tmp_path / "answers.csv").write_text("\n".join(["id,label", *answers]))
    return tmp_path


def give(desk: Path, *words: str, times: int = 1) -> Done:
    """A command against a provider, perhaps several times; what it said last."""
    with FakeProvider(["yes", "no"], seed=3) as provider:
        (desk / "policy.toml").write_text(POLICY.format(url=provider.base_url))
        return [run_here(*words) for _ in range(times)][-1]


def common(desk: Path) -> tuple[str, ...]:
    ledger = f"sqlite:///{desk / 'l.db'}"
    return (str(desk / "c.csv"), "--task", str(desk / "task.toml"), "--ledger", ledger)


def exported(desk: Path, *more: str, out: str = "r.jsonl") -> Recording:
    done = run_here("export", f"sqlite:///{desk / 'l.db'}", "--out", str(desk / out), *more)
    assert done.code == 0, done.err
    return Recording.open(desk / out)


def test_a_run_exports_with_texts_groups_gold_votes_and_people(desk: Path) -> None:
    labelled = give(desk, "label", *common(desk), "--policy", str(desk / "policy.toml"))
    assert labelled.code == 0, labelled.err
    files = ("--candidates", str(desk / "c.csv"), "--task", str(desk / "task.toml"))
    for out in ("r.jsonl", "r.parquet"):
        recording = exported(desk, *files, out=out)
        found = {row.candidate.id: row for row in recording}
        assert len(found) == 24
        first = found["c0"]
        assert (first.candidate.gold, first.candidate.group) == ("yes", "p0")
        # Nothing of the gold, the id or the group that somebody could learn from.
        assert first.candidate.columns == {"text": "text 0"}
        vote = first.votes["weak"][0]
        assert vote.confidence.source is Source.TOKEN_PROBABILITIES
        assert vote.usage.input > 0
        assert vote.cost.pico > 0
        # A person's answers are no machine's votes.
        assert "person" not in recording.contents.annotators
        assert any(row.humans for row in found.values())


def test_without_the_file_the_ledger_tells_what_it_knows(desk: Path) -> None:
    give(desk, "label", *common(desk), "--policy", str(desk / "policy.toml"))
    recording = exported(desk)
    assert recording.task.label_names == ("yes", "no")
    assert 0 < recording.contents.gold <= 6


def test_what_cannot_be_exported_is_said(desk: Path) -> None:
    missing = run_here("export", f"sqlite:///{desk / 'no.db'}", "--out", str(desk / "r.jsonl"))
    assert missing.code == 2
    give(desk, "label", *common(desk), "--policy", str(desk / "policy.toml"))
    url = f"sqlite:///{desk / 'l.db'}"
    run = run_here("export", url, "--out", str(desk / "r.jsonl"), "--run", "moot")
    assert "no run 'moot'; did you mean 'mood'?" in run.errors[0]
    over = run_here("export", url, "--out", str(desk / "answers.csv"))
    assert "unknown ending '.csv'" in over.errors[0] or "no recording" in over.errors[0]
    (desk / "mine.jsonl").write_text('{"id": "1", "text": "mine"}\n')
    mine = run_here("export", url, "--out", str(desk / "mine.jsonl"))
    assert "exists and is no recording" in mine.errors[0]
    files = run_here("export", url, "--out", str(desk / "r.jsonl"), "--candidates", "c.csv")
    assert "give --task too" in files.errors[0]


def test_everybody_is_asked_about_gold_and_nothing_is_bought_twice(desk: Path) -> None:
    out = ("--out", str(desk / "r.jsonl"))
    policy = ("--policy", str(desk / "policy.toml"))
    done = give(desk, "record", *common(desk), *policy, *out, times=2)
    assert done.code == 0, done.err
    # 16 x 10 tokens of prompt and one of answer, by both, once.
    assert "Spent 0.000594 USD." in done.out
    assert "Asking 2 annotators about 16 candidates: at most " in done.err
    recording = Recording.open(desk / "r.jsonl")
    assert recording.contents.annotators == {"weak": 16, "strong": 16}
    assert recording.contents.gold == recording.contents.rows == 16
    one = ("--annotators", "strong", "--all", "--out", str(desk / "s.jsonl"))
    assert give(desk, "record", *common(desk), *policy, *one).code == 0
    assert Recording.open(desk / "s.jsonl").contents.annotators == {"strong": 24}


def test_a_budget_that_ends_leaves_a_recording_of_what_there_is(desk: Path) -> None:
    policy = ("--policy", str(desk / "policy.toml"), "--out", str(desk / "r.jsonl"))
    done = give(desk, "record", *common(desk), *policy, "--budget", "0.0006")
    assert "the budget did not reach for all annotators" in done.err
    assert 0 < Recording.open(desk / "r.jsonl").contents.rows <= 16


RECORD_WRONG = {
    "nobody to ask": ((), "whom to ask?"),
    "an unknown one": (("--policy", "P", "--annotators", "wek"), "did you mean 'weak'?"),
    "a person": (("--policy", "P", "--annotators", "person"), "people's answers are gold"),
    "a file that is read": (("--policy", "P", "--out", "C"), "is read by the same command"),
}


@pytest.mark.parametrize(("more", "said"), RECORD_WRONG.values(), ids=RECORD_WRONG.keys())
def test_what_cannot_be_recorded_is_said(desk: Path, more: tuple[str, ...], said: str) -> None:
    places = {"P": str(desk / "policy.toml"), "C": str(desk / "c.csv")}
    done = give(desk, "record", *common(desk), *(places.get(word, word) for word in more))
    assert done.code == 2
    assert said in done.errors[0]


def test_without_gold_there_is_nothing_to_tune_on(desk: Path) -> None:
    (desk / "c.csv").write_text("id,text,gold,place\nc1,hello,,p\n")
    done = give(desk, "record", *common(desk), "--policy", str(desk / "policy.toml"))
    assert done.code == 2
    assert "no candidate has gold" in done.errors[0]
