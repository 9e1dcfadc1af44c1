"""`stepladder prices`: the listing, other days, and a table from litellm's map."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cli_desk import Desk

pytest_plugins = ("cli_desk",)


def test_todays_prices_of_everything(desk: Desk) -> None:
    found = desk.run("prices", "--json").json
    models = {entry["model"]: entry for entry in found["prices"]}
    assert len(models) >= 75
    assert models["gpt-4o-mini"]["input"] == "0.15"
    assert models["gpt-4o-mini"]["output"] == "0.60"
    assert models["gpt-4o-mini"]["source"]
    assert {wage["name"] for wage in found["wages"]} >= {"person"}


def test_one_model_on_all_days_and_on_one(desk: Desk) -> None:
    desk.write(
        "own.toml",
        """
schema = 1
[[price]]
model = "mine"
from = 2024-01-01
until = 2025-01-01
source = "me"
input = 2
output = 4
[[price]]
model = "mine"
from = 2025-01-01
source = "me"
input = 1.5
output = 3
""",
    )
    own = ("mine", "--prices", "own.toml", "--json")
    assert [e["input"] for e in desk.run("prices", *own).json["prices"]] == ["2.00", "1.50"]
    day = desk.run("prices", *own, "--at", "2024-06-01").json
    assert [e["input"] for e in day["prices"]] == ["2.00"]
    assert day["wages"] == []


def test_people_read_a_table(desk: Desk) -> None:
    said = desk.run("prices", "gpt-4o-mini", "person").out
    assert "USD per million tokens" in said
    assert "gpt-4o-mini" in said
    assert "0.15" in said
    assert "USD per answer" in said
    assert "0.08" in said


def test_an_unknown_model_names_the_nearest(desk: Desk) -> None:
    done = desk.run("prices", "gpt-4o-minni")
    assert done.code == 2
    assert "did you mean 'gpt-4o-mini'?" in done.errors[0]


@pytest.mark.parametrize("at", ["yesterday", "2024-13-01"])
def test_a_day_is_a_day(desk: Desk, at: str) -> None:
    assert desk.run("prices", "--at", at).code == 2


def test_a_table_from_litellms_map_is_a_price_table(desk: Desk) -> None:
    done = desk.run("prices", "--refresh", "--at", "2026-01-01", "--out", "fresh.toml")
    assert done.code == 0
    table = tomllib.loads(desk.text("fresh.toml"))
    assert len(table["price"]) > 1000
    assert f"{len(table['price']):,} models" in done.out
    listed = desk.run("prices", "gpt-4o-mini", "--prices", "fresh.toml", "--json").json["prices"]
    assert any(entry["file"].endswith("fresh.toml") for entry in listed)


def test_out_needs_refresh(desk: Desk) -> None:
    done = desk.run("prices", "--out", "x.toml")
    assert done.code == 2
    assert not (desk.folder / "x.toml").exists()


def test_a_model_like_no_other_names_three_and_where_the_rest_is(desk: Desk) -> None:
    desk.write("own.toml", desk.text("prices.toml"))
    done = desk.run("prices", "cnt!!!!!!", "--prices", "own.toml")
    assert done.code == 2
    offered = done.errors[0].partition("the nearest are ")[2].partition(";")[0].split(", ")
    assert len(offered) == 3
    assert "'cent'" in offered
    assert "see `stepladder prices`" in done.errors[0]
