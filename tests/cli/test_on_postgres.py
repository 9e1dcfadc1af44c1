"""Gold, a calibration and a test of consistency that share a ledger on PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepladder.testing import FakeProvider

if TYPE_CHECKING:
    from cli_desk import Desk

pytest_plugins = ("cli_desk", "ledger_homes")

ALL_GOLD = "1\n2\n" * 20


def test_gold_calibrate_and_consistency(desk: Desk, database: str) -> None:
    with FakeProvider(labels=["good", "bad"]) as provider:
        desk.use(provider.base_url)
        desk.write_reviews(40)
        here = ("--ledger", database)
        done = desk.run(
            "gold", "reviews.csv", "--task", "task.toml", "--n", "40", *here, typed=ALL_GOLD
        )
        assert "40 rows with gold: good 20, bad 20." in done.out, done.err
        done = desk.run("calibrate", *desk.files(), *here, "--all-gold", "--json")
        assert done.code == 0, done.err
        assert done.json["calibration_rows"] == 40
        asked = ("consistency", *desk.files(), "-n", "10", "--variants", "2", "--json")
        done = desk.run(*asked, *here)
        assert done.code == 0, done.err
        assert {one["changed"]["of"] for one in done.json["annotators"]} == {10}
        bought = provider.stats().requests
        done = desk.run(*asked, "--against", database, "--ledger", "sqlite:///today.db")
        assert done.code == 0, done.err
        assert all(one["against"]["changed"]["count"] == 0 for one in done.json["annotators"])
        assert provider.stats().requests > bought
        again = desk.run(*asked, *here)
        assert again.json["annotators"][0]["known"] == 20
