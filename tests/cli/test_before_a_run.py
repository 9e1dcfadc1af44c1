"""`estimate`, `check` and `try`: what a user can know before a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stepladder.testing import FakeProvider

if TYPE_CHECKING:
    from cli_desk import Desk

pytest_plugins = ("cli_desk",)


def test_an_estimate_adds_up_by_hand(desk: Desk) -> None:
    found = desk.run("estimate", *desk.files(), "--json").json
    weak, person = found["tiers"]
    # A cent a request; three attempts at worst; eight cents a person's answer.
    assert (weak["candidates"], weak["likely"]["usd"], weak["most"]["usd"]) == (4, "0.04", "0.12")
    assert (person["likely"]["usd"], person["most"]["usd"], person["wages"]) == (
        "0.32",
        "0.32",
        True,
    )
    assert (found["likely_usd"], found["most_usd"], found["most_wages"]) == ("0.04", "0.12", "0.32")
    assert (found["budget"], found["covered"]) == ("1.00", 4)


@pytest.mark.parametrize(("budget", "covered"), [("0.12", 4), ("0.119", 3), ("0.03", 1), ("0", 0)])
def test_an_estimate_says_how_far_a_budget_surely_reaches(
    desk: Desk, budget: str, covered: int
) -> None:
    desk.change("policy.toml", "usd = 1.00", f"usd = {budget}")
    assert desk.run("estimate", *desk.files(), "--json").json["covered"] == covered
    said = desk.run("estimate", *desk.files()).out
    if covered == 4:
        assert "covers the worst case of all candidates" in said
    else:
        assert f"surely enough for {covered} of 4 candidates" in said


def test_calibration_rows_are_estimated_apart(desk: Desk) -> None:
    desk.write_reviews(40, gold=["good"] * 20)
    desk.change("policy.toml", "rows = 0", "rows = 10\nminimum = 5")
    found = desk.run("estimate", *desk.files(), "--json").json
    assert found["calibration"]["candidates"] == 10
    # People are not asked about gold.
    assert found["calibration"]["most"]["usd"] == "0.30"
    assert found["tiers"][0]["candidates"] == 30
    assert found["most_usd"] == "1.20"


def test_an_estimate_sends_nothing_and_needs_no_key(desk: Desk) -> None:
    with FakeProvider(labels=["good", "bad"]) as provider:
        desk.use(provider.base_url)
        desk.change("policy.toml", 'api_key_env = ""', 'api_key_env = "OPENAI_API_KEY"')
        assert desk.run("estimate", *desk.files()).code == 0
        assert provider.stats().requests == 0


def test_a_run_never_costs_more_than_its_estimate(desk: Desk) -> None:
    with FakeProvider(labels=["good", "bad"]) as provider:
        desk.use(provider.base_url)
        desk.write_reviews(12)
        found = desk.run("estimate", *desk.files(), "--json").json
        spent = desk.label("--json").json["spend"]["usd"]
    assert 0 < float(spent) <= float(found["most_usd"])
    assert float(found["likely_usd"]) < float(found["most_usd"])


def test_check_is_content_with_what_can_run(desk: Desk) -> None:
    done = desk.run("check", *desk.files())
    assert (done.code, done.errors) == (0, [])
    assert "Nothing would stop a run." in done.out


def test_check_works_without_candidates(desk: Desk) -> None:
    assert desk.run("check", *desk.files()[1:]).code == 0


def test_check_lists_all_problems_and_warnings(desk: Desk) -> None:
    desk.change("policy.toml", 'ask = "weak"', 'ask = "weak"\naccept = { probability = 0.9 }')
    desk.change("policy.toml", 'price = "cent"', 'price = "gpt-4o-2024-08-06"')
    desk.write("reviews.csv", "id,text,gold\n1,,\n")
    desk.write("answers.csv", "id,label\n3,bda\n")
    done = desk.run("check", *desk.files(), "--json")
    assert done.code == 2
    assert done.json["ok"] is False
    said = [(p["weight"], p["message"]) for p in done.json["problems"]]
    assert [weight for weight, _ in said if weight == "error"] == ["error"] * 2
    assert any("answers.csv:2" in message for _, message in said)
    assert any("reviews.csv:2" in message for _, message in said)


def test_check_warns_of_a_retired_model(desk: Desk) -> None:
    desk.change("policy.toml", 'price = "cent"', 'price = "gpt-4-turbo"')
    desk.change("prices.toml", 'model = "cent"', 'model = "gpt-4-turbo"\nretired = true')
    done = desk.run("check", *desk.files())
    assert done.code == 0
    assert "warning: policy.toml:11: annotators.weak: model 'gpt-4-turbo' is retired" in done.err


def test_check_warns_of_too_little_gold(desk: Desk) -> None:
    desk.change("policy.toml", 'ask = "weak"', 'ask = "weak"\naccept = { probability = 0.9 }')
    desk.change("policy.toml", "rows = 0", "rows = 100")
    done = desk.run("check", *desk.files())
    assert done.code == 0
    # A half of three rows is one.
    assert "1 row of gold to calibrate on (of 3 with gold), but at least 30" in done.err


def test_check_warns_of_a_silent_server(desk: Desk) -> None:
    desk.use("http://127.0.0.1:9/v1")
    done = desk.run("check", *desk.files())
    assert done.code == 0
    assert "warning: policy.toml:10: annotators.small: http://127.0.0.1:9/v1 cannot" in done.err


def test_check_asks_no_model(desk: Desk) -> None:
    with FakeProvider(labels=["good", "bad"]) as provider:
        desk.use(provider.base_url)
        done = desk.run("check", *desk.files())
        assert provider.stats().requests == 0
    assert (done.code, done.errors) == (0, [])
    assert "cannot be reached" not in done.err


def test_check_says_where_a_text_does_not_fit(desk: Desk) -> None:
    desk.write("reviews.csv", f"id,text,gold\n1,ok,\n2,{'word ' * 5_000},\n")
    desk.use("http://127.0.0.1:9/v1")
    desk.change("policy.toml", 'name = "served"', 'name = "served"\nprices = ["prices.toml"]')
    desk.change("policy.toml", "gpt-4o-mini", "tiny")
    done = desk.run("check", *desk.files())
    # The large model can read it, so that it only climbs.
    assert done.code == 0
    assert "1 texts may not fit the context window of 'small' (4,096 tokens)" in done.err


def test_check_names_candidates_that_nobody_may_see(desk: Desk) -> None:
    desk.change("task.toml", 'gold = "gold"', 'gold = "gold"\nlocal_only = "secret"')
    desk.write("reviews.csv", "id,text,gold,secret\n1,ok,,yes\n2,ok,,no\n")
    desk.use("http://127.0.0.1:9/v1")
    assert "id '1' is local only, and no annotator is local" in desk.run("check", *desk.files()).err


def test_try_shows_the_prompt_the_answers_and_the_price(desk: Desk) -> None:
    with FakeProvider(labels=["good", "bad"], script={"Lovely": "good", "Fine": "bad"}) as provider:
        desk.use(provider.base_url)
        done = desk.run("try", *desk.files(), "-n", "2")
        # Two models about two candidates.
        assert provider.stats().requests == 4
    assert done.code == 0
    assert "Asking 2 annotators about 2 candidates: at most" in done.err
    assert "Is the writer happy?" in done.out
    assert "Answer with one label only." in done.out
    assert "Review: Lovely." in done.out
    assert "Review: Meh." not in done.out
    # What is the same for all is shown once for each of the two models.
    assert done.out.count("Is the writer happy?") == 2


def test_try_as_json(desk: Desk) -> None:
    done = desk.run("try", *desk.files(), "-n", "3", "--json")
    third = done.json["candidates"][2]
    weak, person = third["annotators"]
    assert third["id"] == "3"
    assert third["gold"] == "bad"
    assert (weak["label"], weak["problem"], weak["usd"]) == (None, "off list: perhaps", "0.01")
    assert weak["prompt"] == [{"role": "text", "text": "Review: Meh."}]
    assert (person["label"], person["usd"]) == ("bad", "0.08")
    first = done.json["candidates"][0]["annotators"][1]
    assert (first["label"], first["problem"], first["usd"]) == (None, "pending", "0.00")
    # Three cents and one answer of the person.
    assert done.json["usd"] == "0.11"


def test_try_keeps_to_the_budget(desk: Desk) -> None:
    desk.change("policy.toml", "usd = 1.00", "usd = 0.03")
    done = desk.run("try", *desk.files(), "-n", "4")
    assert done.code == 2
    assert "may cost 0.04 USD, more than the policy's budget of 0.03 USD" in done.errors[0]
    assert desk.run("try", *desk.files(), "-n", "3").code == 0


def test_try_leaves_no_ledger(desk: Desk) -> None:
    desk.run("try", *desk.files())
    assert list(desk.folder.glob("*.db")) == []


def test_try_shows_failures(desk: Desk) -> None:
    desk.use("http://127.0.0.1:9/v1")
    done = desk.run("try", *desk.files(), "-n", "1", "--json")
    assert done.code == 0
    assert "cannot connect" in done.json["candidates"][0]["annotators"][0]["problem"]
    assert done.json["usd"] == "0.00"
