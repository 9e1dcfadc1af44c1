"""A tier that takes confidence from what its model states, from the prompt to the ledger."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from stepladder.testing import FakeProvider

if TYPE_CHECKING:
    from cli_desk import Desk

pytest_plugins = ("cli_desk",)

SCRIPT = {
    "Lovely.": "good, 85",
    "Fine.": "good, 150 %",
    "Meh.": "bad (0.6)",
    # The provider adds how sure it is where it is asked.
    "Great.": "good",
}
TIER = 'ask = "small"\n'


@pytest.mark.parametrize("style", ["chat", "completion"])
@pytest.mark.parametrize("place", ["tier", "annotator"])
def test_what_is_stated_is_asked_for_kept_and_paid(desk: Desk, style: str, place: str) -> None:
    with FakeProvider(labels=["good", "bad"], script=SCRIPT) as provider:
        desk.use(provider.base_url)
        own = "none" if place == "tier" else "stated"
        asked = f'confidence = "{own}"\nprompt = "{style}"'
        desk.change("policy.toml", 'confidence = "none"', asked)
        if place == "tier":
            desk.change("policy.toml", TIER, f'{TIER}confidence = "stated"\n')
        quoted = desk.run("estimate", *desk.files(), "--json").json
        done = desk.label("--json")
    assert done.code == 0, done.err
    assert confidence_of_small(desk, "1") == ("good", "stated", {"good": 0.85})
    assert confidence_of_small(desk, "2") == ("good", "none", {})
    assert confidence_of_small(desk, "3") == ("bad", "stated", {"bad": 0.6})
    label, source, by_label = confidence_of_small(desk, "4")
    assert (label, source) == ("good", "stated")
    assert 0.5 <= by_label["good"] <= 1
    assert Decimal(done.json["spend"]["usd"]) <= Decimal(quoted["most_usd"])


def confidence_of_small(desk: Desk, id_: str) -> tuple[str, str, dict[str, float]]:
    """Its label, where its confidence came from, and the confidence."""
    ledger = ("--ledger", "sqlite:///reviews.labelled.ledger.db")
    (about,) = desk.run("explain", id_, *ledger, "--json").json["questions"]
    vote: dict[str, Any] = next(one for one in about["votes"] if one["annotator"] == "small")
    return vote["label"], vote["confidence_source"], vote["confidence"] or {}
