from __future__ import annotations

import pytest

from stepladder.ledger import ledger_file, masked


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:s3cret@db/reviews", "postgresql://me:***@db/reviews"),
        ("postgresql://me:s3@:/cret@db/reviews", "postgresql://me:***@db/reviews"),
        ("postgresql://:s3cret@db/reviews", "postgresql://:***@db/reviews"),
        (
            "postgresql://db/reviews?user=me&password=s3cret&sslmode=require",
            "postgresql://db/reviews?user=me&password=***&sslmode=require",
        ),
        ("me:s3cret@db/reviews", "me:***@db/reviews"),
        ("postgresql://me@db/reviews", "postgresql://me@db/reviews"),
        ("postgresql://db:5432/reviews", "postgresql://db:5432/reviews"),
        ("sqlite:///runs/me@home/a:b.db", "sqlite:///runs/me@home/a:b.db"),
        ("sqlite:////home/me/run.db", "sqlite:////home/me/run.db"),
        ("", ""),
    ],
)
def test_a_password_is_masked_and_nothing_else(url: str, shown: str) -> None:
    assert masked(url) == shown


def test_only_a_file_is_a_file() -> None:
    assert str(ledger_file("sqlite:///runs/today.db")) == "runs/today.db"
    assert ledger_file("postgresql://db/reviews") is None
