"""`stepladder consistency`: from a file to figures, through a provider that changes its mind."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from stepladder.testing import FakeProvider, Fault

if TYPE_CHECKING:
    from cli_desk import Desk
    from command_line import Done

pytest_plugins = ("cli_desk",)

OLD = "sqlite:///reviews.labelled.ledger.db"
PARAPHRASE = 'paraphrases = ["Does it sound pleased?"]\n\n[columns]'
# What stands last in a prompt decides: the review, if it is a clear one.
FICKLE = {
    "Is the writer happy?\ngood\nbad": "good",
    "Does it sound pleased?\ngood\nbad": "bad",
    "Is the writer happy?\nbad\ngood": "good",
    "clear": "good",
}
TURNED = {**FICKLE, "Is the writer happy?\ngood\nbad": "bad"}


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(labels=["good", "bad"]) as running:
        yield running


@pytest.fixture
def served(desk: Desk, provider: FakeProvider) -> Desk:
    """Forty reviews, half of them clear, 30 with gold that is good; two models, three wordings."""
    provider.start_over(script=FICKLE, latency=0.0, faults={})
    desk.use(provider.base_url)
    text = (desk.folder / "policy.toml").read_text(encoding="utf-8")
    keyless = 'api_key_env = ""'
    desk.write("policy.toml", text.replace(keyless, f'{keyless}\nprompt = "completion"'))
    desk.change("task.toml", "[columns]", PARAPHRASE)
    rows = [
        f"r{n},{'clear' if n % 2 else 'odd'} review {n},{'good' if n < 30 else ''}\n"
        for n in range(40)
    ]
    desk.write("reviews.csv", "".join(["id,text,gold\n", *rows]))
    return desk


def consistency(desk: Desk, *words: str) -> Done:
    return desk.run("consistency", *desk.files(), *words)


def by_name(done: Done) -> dict[str, Any]:
    assert done.code == 0, done.err
    return {one["annotator"]: one for one in done.json["annotators"]}


def requests(provider: FakeProvider) -> int:
    return provider.stats().requests


def test_figures_of_an_annotator_that_changes_its_mind(
    served: Desk, provider: FakeProvider
) -> None:
    done = consistency(served, "-n", "40", "--samples", "1", "--json")
    small = by_name(done)["small"]
    assert small["changed"]["count"] == 20
    assert small["agreement"] == pytest.approx((1 + 1 / 3) / 2)
    kinds = {kind["kind"]: kind["changed"]["count"] for kind in small["by_kind"]}
    assert kinds == {"paraphrases": 20, "options": 0, "samples": 0}
    assert [kind["per_wording_mean"] for kind in small["by_kind"]] == [0.5, 0, 0]
    paraphrase, options, _ = small["by_wording"]
    assert (paraphrase["right"]["count"], paraphrase["right_own_wording"]["count"]) == (15, 30)
    assert paraphrase["other_meaning"]
    assert not options["other_meaning"]
    assert small["gold"]["right_if_steady"]["count"] == small["gold"]["right_if_steady"]["of"] == 15
    assert small["agreement_price"]["wordings"] == 3
    assert requests(provider) == small["tokens"]["requests"] * 2 == 40 * 4 * 2
    assert done.json["sample"] == {
        "candidates": 40,
        "groups": 40,
        "gold": 30,
        "of": 40,
        "heard": 40,
    }
    assert "paraphrases-1 changes the meaning for small: right on 50.0% of 30" in done.err
    assert "the task has 3 wordings, not 6: base, paraphrases-1, options-1" in done.err


def test_people_see_tables_after_the_price(served: Desk) -> None:
    done = consistency(served, "-n", "10", "--variants", "3", "--samples", "1")
    assert (
        "Asking 2 annotators about 10 candidates of 40 (6 with gold) in 3 wordings and 1 time "
        "more in the same: at most 0." in done.err
    )
    assert "the task has" not in done.err
    assert "changed its mind" in done.out
    assert "paraphrases-1" in done.out
    assert f"Ledger: {OLD}" in done.out


def test_a_label_run_pays_only_for_the_rest(served: Desk, provider: FakeProvider) -> None:
    consistency(served, "-n", "10", "--annotator", "large")
    assert requests(provider) == 30
    served.label()
    assert requests(provider) == 30 + 40 + 30
    # The other way round, the task's own wording is known already.
    done = consistency(served, "-n", "10", "--variants", "3", "--annotator", "small", "--json")
    assert by_name(done)["small"]["known"] == 10
    assert requests(provider) == 100 + 20


def test_the_same_command_asks_nothing_twice(served: Desk, provider: FakeProvider) -> None:
    first = by_name(consistency(served, "-n", "5", "--json"))["small"]
    asked = requests(provider)
    again = by_name(consistency(served, "-n", "5", "--json"))["small"]
    assert requests(provider) == asked
    assert again["known"] == 15
    assert again["changed"] == first["changed"]
    assert again["usd"] == first["usd"]


def test_the_budget_is_a_wall(served: Desk) -> None:
    done = consistency(served, "-n", "40", "--budget", "0.0015", "--json")
    assert done.code == 0
    assert float(done.json["spend"]["usd"]) <= 0.0015
    assert by_name(done)["small"]["asked"] > 0
    assert by_name(done)["large"]["unpaid"] > 0
    little = consistency(served, "--budget", "0.00000001", "--ledger", "sqlite:///other.db")
    assert little.code == 2
    assert "cannot pay for one candidate" in little.errors[0]


@pytest.mark.slow
def test_ctrl_c_lets_calls_finish_and_the_same_command_goes_on(
    served: Desk, provider: FakeProvider
) -> None:
    provider.start_over(script=FICKLE, latency=0.1)
    process = served.spawn("consistency", *served.files(), "-n", "40")
    try:
        deadline = time.monotonic() + 60
        while requests(provider) < 10:
            assert time.monotonic() < deadline, "nothing was asked"
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, err
    assert "calls finish" in err
    assert "stepladder consistency reviews.csv --task task.toml" in out
    asked = requests(provider)
    assert asked < 240
    assert served.ledger("select count(*) from vote") == [(asked,)]
    assert by_name(consistency(served, "-n", "40", "--json"))["small"]["asked"] == 40
    assert requests(provider) == 240


def test_a_model_that_answers_as_before_is_not_called_the_same(
    served: Desk, provider: FakeProvider
) -> None:
    served.label()
    asked = requests(provider)
    done = consistency(served, "--against", OLD, "-n", "30", "--json")
    small = by_name(done)["small"]["against"]
    assert requests(provider) == asked + 60
    assert small["changed"]["count"] == 0
    assert not small["found_change"]
    assert small["verdict"].startswith("no change found (would have seen a change of ")
    assert small["same_question"] == 30
    assert small["models_before"] == small["models_after"] == {"gpt-4o-mini": 30}
    assert ".against-" in done.json["ledger"]
    # Never into the old ledger, where a later run would take it for its own.
    assert served.ledger("select count(*) from vote") == [(80,)]


def test_a_model_that_turned_is_found_out(served: Desk, provider: FakeProvider) -> None:
    served.label()
    provider.start_over(script=TURNED)
    small = by_name(consistency(served, "--against", OLD, "--json"))["small"]["against"]
    assert small["verdict"].startswith("changed (more than 2.0% of the labels")
    assert (small["changed"]["count"], small["changed"]["of"]) == (20, 40)
    assert small["shifts"][0] | {"p": 0} == {"label": "good", "came": 0, "left": 20, "p": 0}
    assert (small["right_before"]["count"], small["right_after"]["count"]) == (30, 15)
    assert small["p_accuracy"] < 0.001
    shown = consistency(served, "--against", OLD)
    assert "small: nothing was asked now; of answers bought earlier: changed" in shown.out
    assert "to ask anew, name a new --ledger" in shown.out


def test_another_prompt_is_told_from_another_model(served: Desk, provider: FakeProvider) -> None:
    served.label()
    served.change("task.toml", "Is the writer happy?", "Is the author happy?")
    done = consistency(served, "--against", OLD, "-n", "10")
    assert "Prompt, model name or settings are others than then." in done.out


def test_only_candidates_that_the_old_ledger_has_are_drawn(served: Desk) -> None:
    served.label("--limit", "4")
    done = consistency(served, "--against", OLD, "--json")
    assert done.json["sample"]["candidates"] == done.json["sample"]["of"] == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--annotator", "smal"], "--annotator smal: not in the policy; did you mean 'small'?"),
        (["--variants", "1"], "--variants 1 asks everything once"),
        (["--against-run", "x"], "--against-run names a run of the ledger --against"),
        (["--against", "sqlite:///none.db"], "none.db: no such ledger"),
        (["--against", OLD, "--ledger", OLD], "is the --ledger of this command too"),
        (["--against", OLD, "--against-run", "mood"], "no run 'mood'; did you mean 'moods'?"),
        (["--budget", "much"], "--budget much: not an amount in USD"),
    ],
)
def test_what_cannot_be_asked_is_said(
    served: Desk, provider: FakeProvider, words: list[str], said: str
) -> None:
    served.label("--limit", "1")
    asked = requests(provider)
    done = consistency(served, *words)
    assert done.code == 2
    assert said in done.errors[0]
    assert requests(provider) == asked


def test_nothing_to_compare_with_is_said(served: Desk) -> None:
    served.label("--limit", "1")
    served.write("reviews.csv", "id,text,gold\nother,clear review,\n")
    done = consistency(served, "--against", OLD)
    assert done.code == 2
    assert "no votes of small, large about the candidates of reviews.csv" in done.errors[0]


def test_a_ledger_of_another_task_is_not_compared(served: Desk) -> None:
    served.label("--limit", "1")
    served.change("task.toml", '["good", "bad"]', '["good", "bad", "mixed"]')
    done = consistency(served, "--against", OLD)
    assert done.code == 2
    assert "labels good, bad" in done.errors[0]


def test_people_and_recordings_are_not_put_to_the_test(desk: Desk) -> None:
    done = desk.run("consistency", *desk.files(), "--annotator", "person")
    assert done.code == 2
    assert "--annotator person: is a person" in done.errors[0]


def test_a_provider_that_refuses_the_key_halts(served: Desk, provider: FakeProvider) -> None:
    provider.start_over(script=FICKLE, faults={Fault.UNAUTHORIZED: 1.0})
    done = consistency(served, "-n", "5")
    assert done.code == 3
    assert "consistency reviews.csv" in done.out


VARIED = 'name = "small"\nconfidence = { source = "variants", draws = 2, vary = ["paraphrases"] }'


@pytest.fixture
def varied(served: Desk) -> Desk:
    """The small model's tier takes agreement under the paraphrase; all gold calibrates."""
    served.change("policy.toml", 'name = "small"', VARIED)
    served.change("policy.toml", "rows = 0", "rows = 30")
    return served


def test_calibrating_warns_of_a_wording_of_another_meaning(varied: Desk) -> None:
    done = varied.run("calibrate", *varied.files(), "--all-gold", "--json")
    assert done.code == 0, done.err
    assert "paraphrases-1 changes the meaning for small: right on 50.0% of 30" in done.err
    (other,) = done.json["other_meanings"]
    assert (other["annotator"], other["variant"]) == ("small", "paraphrases-1")
    assert (other["right"]["count"], other["right_own_wording"]["count"]) == (15, 30)


def test_so_does_a_run_and_again_when_it_goes_on(varied: Desk) -> None:
    for _ in range(2):
        done = varied.run("label", *varied.files(), "--json")
        assert done.code == 0, done.err
        (other,) = done.json["confidence"]["other_meanings"]
        assert other["variant"] == "paraphrases-1"
    done = varied.run("label", *varied.files())
    assert "Warning: paraphrases-1 changes the meaning for small" in done.out


def test_wordings_that_mean_the_same_are_not_warned_of(
    varied: Desk, provider: FakeProvider
) -> None:
    provider.start_over(script={**FICKLE, "Does it sound pleased?\ngood\nbad": "good"})
    done = varied.run("calibrate", *varied.files(), "--all-gold", "--json")
    assert done.json["other_meanings"] == []
    assert "changes the meaning" not in done.err
