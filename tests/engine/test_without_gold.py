"""What is learnt of annotators by their agreement, from a ledger's votes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from stepladder.engine.content_free import content_free
from stepladder.engine.without_gold import estimated
from stepladder.ledger import RunStart, open_ledger
from stepladder.task import Task
from stepladder.types import CandidateKey, Labelled, Usd, Vote

TASK = Task.model_validate({"name": "t", "instructions": "?", "labels": ["good", "bad"]})
START = RunStart(
    name="r",
    task="t",
    labels='["good","bad"]',
    task_digest="t",
    policy_digest="p",
    policy="{}",
    seed=0,
    budget=Usd.of(1),
    wages=Usd.of(0),
    version="0",
)
NAMES = ("small", "large")


async def keep(folder: Path, *votes: tuple[str, Vote]) -> str:
    """A ledger with these votes by candidate's id; its URL."""
    url = f"sqlite:///{folder / 'ledger.db'}"
    with closing(open_ledger(url, START)) as ledger:
        for identity, vote in votes:
            ledger.add_vote(vote, CandidateKey(identity, "label"))
        await ledger.flush()
    return url


def says(name: str, label: str, variant: str = "base", sample: int = 0) -> Vote:
    key = f"{name} {label} {variant} {sample}"
    return Vote(name, Labelled(label), key=key, variant=variant, sample=sample)


async def test_candidates_are_counted_with_the_votes_of_everybody(tmp_path: Path) -> None:
    votes = [(f"r{n}", says(name, "good")) for n in range(3) for name in NAMES]
    found = estimated(await keep(tmp_path, *votes), NAMES, TASK.label_names)
    assert found is not None
    assert found.answered.tolist() == [3, 3]
    assert len(found.posteriors) == 3


async def test_texts_without_content_and_other_wordings_tell_nothing(tmp_path: Path) -> None:
    """A repetition that came first is no vote either: the one in the task's own wording is."""
    votes = [(f"r{n}", says(name, "good")) for n in range(3) for name in NAMES]
    empty = [(one.id, says("small", "bad")) for one in content_free(TASK)]
    drawn = [
        ("r0", says("small", "bad", "options-1")),
        ("r0", says("small", "bad", sample=1)),
        ("r9", says("large", "bad", "options-1")),
    ]
    (one, other) = (tmp_path / "one", tmp_path / "other")
    one.mkdir()
    other.mkdir()
    plain = estimated(await keep(one, *votes), NAMES, TASK.label_names)
    mixed = estimated(await keep(other, *empty, *drawn, *votes), NAMES, TASK.label_names)
    assert plain is not None
    assert mixed is not None
    assert mixed.answered.tolist() == [3, 3]
    assert mixed.posteriors.tolist() == plain.posteriors.tolist()


async def test_an_annotator_that_was_only_asked_otherwise_is_not_heard(tmp_path: Path) -> None:
    votes = [("r0", says("small", "good")), ("r0", says("large", "good", "options-1"))]
    assert estimated(await keep(tmp_path, *votes), NAMES, TASK.label_names) is None


def test_no_ledger_tells_nothing(tmp_path: Path) -> None:
    assert estimated(f"sqlite:///{tmp_path / 'none.db'}", NAMES, TASK.label_names) is None
