"""The right price on the right day, and a useful sentence when there is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from stepladder.errors import PriceError
from stepladder.pricing import PriceBook
from stepladder.types import Usd

Write = Callable[[str, str], Path]

SPRING, SUMMER, AUTUMN = date(2025, 3, 1), date(2025, 6, 1), date(2025, 9, 1)

SHIPPED = """
[[price]]
model = "small"
aliases = ["acme/small"]
from = 2025-01-01
until = 2025-06-01
source = "list"
input = 2
output = 4

[[price]]
model = "small"
aliases = ["acme/small"]
from = 2025-06-01
source = "list"
input = 1
output = 3

[[price]]
model = "old"
from = 2023-01-01
until = 2024-01-01
source = "list"
input = 9
output = 9
retired = true

[[wage]]
name = "person"
from = 2025-01-01
source = "assumed"
per_answer = 0.08
"""


def own_price(model: str, rate: str = "7", extra: str = "", since: str = "2025-01-01") -> str:
    return (
        f'[[price]]\nmodel = "{model}"\nfrom = {since}\nsource = "mine"\n'
        f"input = {rate}\noutput = {rate}\n{extra}\n"
    )


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_table(name: str, text: str) -> Path:
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"schema = 1\n{text}", encoding="utf-8")
        return file

    return write_table


@pytest.fixture
def folder(write: Write) -> Path:
    return write("shipped/list.toml", SHIPPED).parent


def test_the_price_of_the_day(folder: Path) -> None:
    book = PriceBook.load(folder=folder)
    assert book.price("small", date(2025, 1, 1)).input == 2_000_000
    assert book.price("small", date(2025, 5, 31)).input == 2_000_000
    assert book.price("small", SUMMER).input == 1_000_000
    assert book.price("small", date(2030, 1, 1)).since == SUMMER


def test_an_alias_has_the_same_price(folder: Path) -> None:
    book = PriceBook.load(folder=folder)
    assert book.price("acme/small", SUMMER) == book.price("small", SUMMER)
    assert book.price("acme/small", SUMMER).model == "small"


def test_the_wage_of_the_day(folder: Path) -> None:
    book = PriceBook.load(folder=folder)
    assert book.wage("person", SUMMER).per_answer == Usd.of("0.08")
    with pytest.raises(PriceError, match=r"no wage on 2024-12-31, only these: from 2025-01-01"):
        book.wage("person", date(2024, 12, 31))
    with pytest.raises(PriceError, match=r"'persn'; did you mean 'person'\? .*\[\[wage\]\]"):
        book.wage("persn", SUMMER)


def test_an_unknown_model_names_the_nearest_and_the_remedy(folder: Path) -> None:
    with pytest.raises(PriceError) as caught:
        PriceBook.load(folder=folder).price("smal", SUMMER)
    assert str(caught.value) == (
        "no price is known for 'smal'; did you mean 'small'? To give one, write a [[price]] "
        "into a price file and name the file under 'prices' in the policy."
    )


def test_a_day_without_a_price_says_which_days_there_are(folder: Path) -> None:
    book = PriceBook.load(folder=folder)
    with pytest.raises(PriceError) as caught:
        book.price("acme/small", date(2024, 12, 31))
    assert "'acme/small' has no price on 2024-12-31" in str(caught.value)
    assert "from 2025-01-01 until 2025-06-01; from 2025-06-01." in str(caught.value)
    with pytest.raises(PriceError, match="'old' has no price on 2024-01-01"):
        book.price("old", date(2024, 1, 1))


def test_the_users_price_wins_on_the_days_it_holds(folder: Path, write: Write) -> None:
    own = write("own.toml", own_price("small", extra="until = 2025-09-01"))
    book = PriceBook.load([own], folder=folder)
    assert book.price("small", SPRING).input == 7_000_000
    assert book.price("small", SUMMER).source == "mine"
    assert book.price("small", AUTUMN).source == "list"
    assert book.price("small", AUTUMN).input == 1_000_000


@pytest.mark.parametrize("mine", ["small", "acme/small"])
def test_the_users_price_wins_under_every_name_of_the_model(
    folder: Path, write: Write, mine: str
) -> None:
    book = PriceBook.load([write("own.toml", own_price(mine))], folder=folder)
    assert book.price("small", SUMMER).source == "mine"
    assert book.price("acme/small", SUMMER).source == "mine"


def test_the_users_alias_wins_too(folder: Path, write: Write) -> None:
    own = write("own.toml", own_price("contract-7", extra='aliases = ["small"]'))
    book = PriceBook.load([own], folder=folder)
    assert book.price("small", SUMMER).model == "contract-7"
    assert book.price("acme/small", SUMMER).model == "contract-7"


def test_the_users_wage_wins(folder: Path, write: Write) -> None:
    wage = '[[wage]]\nname = "person"\nfrom = 2025-06-01\nsource = "us"\nper_answer = 0.2\n'
    book = PriceBook.load([write("own.toml", wage)], folder=folder)
    assert book.wage("person", SPRING).per_answer == Usd.of("0.08")
    assert book.wage("person", SUMMER).per_answer == Usd.of("0.20")


def test_an_unknown_model_can_be_priced_by_hand_even_at_nothing(folder: Path, write: Write) -> None:
    book = PriceBook.load([write("own.toml", own_price("my-model", rate="0"))], folder=folder)
    assert book.price("my-model", SUMMER).output == 0


def test_a_makers_prefix_is_dropped_and_a_resellers_is_not(folder: Path) -> None:
    book = PriceBook.load(folder=folder)
    assert book.price("openai/small", SUMMER).model == "small"
    with pytest.raises(PriceError, match="no price is known for 'openrouter/small'"):
        book.price("openrouter/small", SUMMER)
    with pytest.raises(PriceError, match="no price is known for 'openai/openai/small'"):
        book.price("openai/openai/small", SUMMER)


def test_a_known_full_name_is_never_shortened(folder: Path, write: Write) -> None:
    own = write("own.toml", own_price("openai/small", since="2025-09-01"))
    book = PriceBook.load([own], folder=folder)
    assert book.price("openai/small", AUTUMN).source == "mine"
    with pytest.raises(PriceError, match="'openai/small' has no price on 2025-06-01"):
        book.price("openai/small", SUMMER)


def test_two_prices_for_one_day_in_one_file_are_both_named(folder: Path, write: Write) -> None:
    text = own_price("m", extra="until = 2025-06-02") + own_price("m", since="2025-06-01")
    with pytest.raises(PriceError) as caught:
        PriceBook.load([write("own.toml", text)], folder=folder)
    assert "own.toml:2: price.0: 'm' has this price from 2025-01-01 until 2025-06-02" in str(
        caught.value
    )
    assert "another one from 2025-06-01 (" in str(caught.value)
    assert "own.toml:9: price.1)" in str(caught.value)


def test_two_prices_for_one_day_in_two_files_are_both_named(folder: Path, write: Write) -> None:
    one = write("one.toml", own_price("m"))
    two = write("two.toml", own_price("n", extra='aliases = ["m"]', since="2026-01-01"))
    with pytest.raises(PriceError) as caught:
        PriceBook.load([one, two], folder=folder)
    assert f"{one}:2: price.0: 'm' has this price from 2025-01-01" in str(caught.value)
    assert f"another one from 2026-01-01 ({two}:2: price.0)" in str(caught.value)


def test_a_long_price_overlaps_every_later_one(folder: Path, write: Write) -> None:
    text = own_price("m") + own_price("m", since="2025-02-01", extra="until = 2025-03-01")
    with pytest.raises(PriceError, match="end the earlier with 'until'"):
        PriceBook.load([write("own.toml", text)], folder=folder)


def test_prices_may_follow_each_other_without_a_gap(folder: Path, write: Write) -> None:
    text = own_price("m", extra="until = 2025-06-01") + own_price("m", "8", since="2025-06-01")
    book = PriceBook.load([write("own.toml", text)], folder=folder)
    assert book.price("m", date(2025, 5, 31)).input == 7_000_000
    assert book.price("m", SUMMER).input == 8_000_000


def test_one_file_named_twice_is_read_once(folder: Path, write: Write) -> None:
    own = write("own.toml", own_price("m"))
    assert PriceBook.load([own, own], folder=folder).price("m", SUMMER).source == "mine"


def test_two_wages_for_one_day_are_an_error(folder: Path, write: Write) -> None:
    wage = '[[wage]]\nname = "me"\nfrom = 2025-06-01\nsource = "us"\nper_answer = 0.2\n'
    with pytest.raises(PriceError, match=r"wage\.0: 'me' has this wage from"):
        PriceBook.load([write("own.toml", wage + wage)], folder=folder)


def test_a_missing_or_broken_file_is_named(folder: Path, write: Write, tmp_path: Path) -> None:
    with pytest.raises(PriceError, match=r"none\.toml: no such file"):
        PriceBook.load([tmp_path / "none.toml"], folder=folder)
    with pytest.raises(PriceError, match=r"own\.toml.*not valid TOML"):
        PriceBook.load([write("own.toml", "input = \n")], folder=folder)


def test_listing_is_sorted_and_shows_both_layers(folder: Path, write: Write) -> None:
    book = PriceBook.load([write("own.toml", own_price("small"))], folder=folder)
    listed = [(entry.name, entry.value.since, entry.own) for entry in book.entries()]
    assert listed == [
        ("old", date(2023, 1, 1), False),
        ("small", date(2025, 1, 1), True),
        ("small", date(2025, 1, 1), False),
        ("small", SUMMER, False),
    ]


def test_listing_of_a_day_shows_only_what_counts(folder: Path, write: Write) -> None:
    own = write("own.toml", own_price("acme/small", extra="until = 2025-06-01"))
    book = PriceBook.load([own], folder=folder)
    assert [(entry.name, entry.own) for entry in book.entries(SPRING)] == [("acme/small", True)]
    assert [(entry.name, entry.own) for entry in book.entries(SUMMER)] == [("small", False)]
    assert book.entries(SUMMER)[0].file == folder / "list.toml"


def test_finding_models_by_any_of_their_names(folder: Path) -> None:
    book = PriceBook.load(folder=folder)
    both = book.find(["small", "openai/small", "acme/small"])
    assert [entry.days for entry in both] == ["from 2025-01-01 until 2025-06-01", "from 2025-06-01"]
    assert [e.value.input for e in book.find(["acme/small"], SPRING)] == [2_000_000]
    with pytest.raises(PriceError, match=r"'smalll'; did you mean 'small'\?"):
        book.find(["small", "smalll"])
    with pytest.raises(PriceError, match="'old' has no price on 2025-03-01"):
        book.find(["old"], SPRING)
