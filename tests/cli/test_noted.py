"""What a first start found in the candidates is not looked for again while all is the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stepladder.cli.today import today
from stepladder.engine.checks import Checked, Wanted, check
from stepladder.types import Candidate

if TYPE_CHECKING:
    from cli_desk import Desk

pytest_plugins = ("cli_desk",)


def looked(**changes: Any) -> tuple[Checked, int]:
    """A check as `label` makes it, and how many candidates it looked at."""
    seen: list[Candidate] = []
    given: dict[str, Any] = {
        "task": Path("task.toml"),
        "policy": Path("policy.toml"),
        "candidates": Path("reviews.csv"),
        "priced": True,
        "ledger": "sqlite:///reviews.labelled.ledger.db",
    }
    wanted = Wanted(**given | changes)
    return asyncio.run(check(wanted, today(), [lambda _, one: seen.append(one)])), len(seen)


def test_a_second_start_finds_the_same_without_looking(desk: Desk) -> None:
    desk.change("policy.toml", "usd = 1.00", "usd = 9.00")
    before, count = looked()
    assert count == 4
    assert desk.label().code == 0
    again, count = looked()
    assert count == 0
    assert again.intake is not None
    assert before.intake is not None
    assert again.intake.estimate is not None
    assert before.intake.estimate is not None
    assert again.intake.estimate.most_usd == before.intake.estimate.most_usd
    assert again.intake.estimate.tiers == before.intake.estimate.tiers
    assert again.intake.total == 4
    assert again.findings.all == before.findings.all


def test_the_price_is_said_again(desk: Desk) -> None:
    first = desk.label().err
    assert "At most" in first
    assert desk.label().err == first


CHANGES: dict[str, Callable[[Desk], object]] = {
    "a text": lambda desk: desk.change("reviews.csv", "Fine.", "Fine!"),
    "the instructions": lambda desk: desk.change("task.toml", "writer happy?", "writer glad?"),
    "the policy": lambda desk: desk.change("policy.toml", "wages = 10.00", "wages = 11.00"),
    "a price": lambda desk: desk.change("prices.toml", "per_request = 0.01", "per_request = 0.02"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_is_changed_is_looked_at_anew(desk: Desk, what: str) -> None:
    desk.label()
    CHANGES[what](desk)
    assert looked()[1] == 4


@pytest.mark.parametrize(
    "changes", [{"limit": 3}, {"seed": 1}, {"run": "other"}, {"ledger": "sqlite:///other.db"}]
)
def test_another_limit_seed_run_or_ledger_is_another_look(
    desk: Desk, changes: dict[str, Any]
) -> None:
    desk.label()
    assert looked(**changes)[1] == changes.get("limit", 4)


def test_a_ledger_that_is_not_there_is_not_made_by_looking(desk: Desk) -> None:
    looked()
    assert not (desk.folder / "reviews.labelled.ledger.db").exists()


def test_a_note_that_cannot_be_read_is_looked_for_anew(desk: Desk) -> None:
    desk.label()
    desk.spoil_ledger("update intake set body = '{\"total\": -'")
    assert looked()[1] == 4


def test_with_and_without_the_note_a_resumed_run_ends_the_same(desk: Desk) -> None:
    desk.write("answers.csv", "id,label\n3,\n")
    desk.label()
    with_note = (desk.label("--json").json, desk.text())
    desk.spoil_ledger("delete from intake")
    assert (desk.label("--json").json, desk.text()) == with_note
