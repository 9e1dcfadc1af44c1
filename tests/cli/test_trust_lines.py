"""What is said of sets of annotators without a pool of their own."""

from __future__ import annotations

import pytest

from stepladder.cli.trust_figures import trust_figures
from stepladder.cli.trust_lines import trust_lines
from stepladder.engine.trust import Shared, Trusted


def with_shared(shared: Shared | None) -> Trusted:
    return Trusted("v", rows=60, annotators=[], pools=[], shared=shared, unseen=[], reworded=[])


@pytest.mark.parametrize(
    ("shared", "lines"),
    [
        (None, []),
        (Shared(0.9, 0, 0), ["Any other set of votes: one weight for all."]),
        (
            Shared(0.9, 0, 0.4),
            ["Any other set of votes: one weight for all, with columns and text."],
        ),
        (
            Shared(0.9, 0.2, 0.4),
            ["Any other set of votes: one weight for all, with the question and columns and text."],
        ),
    ],
)
def test_other_sets_are_said_in_a_line(shared: Shared | None, lines: list[str]) -> None:
    assert list(trust_lines(with_shared(shared), 30)) == lines


def test_other_sets_in_figures() -> None:
    found = trust_figures(with_shared(Shared(0.9, 0.2, 0.4)))["shared"]
    assert found == {"factor": 0.9, "question_weight": 0.2, "text_weight": 0.4}
    assert trust_figures(with_shared(None))["shared"] is None
