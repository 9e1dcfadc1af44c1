"""From a recording to a policy: goals, promises, and what cannot be done."""

from __future__ import annotations

import asyncio
import csv
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from made_recording import LABELS, PRICES, rows, write

from stepladder.engine import Run, RunOptions
from stepladder.engine.frozen import frozen_fit
from stepladder.engine.setup import set_up
from stepladder.errors import PolicyError, UserError
from stepladder.policy import Policy, load_policy
from stepladder.pricing import PriceBook
from stepladder.recording import Recording
from stepladder.simulate import Scenario, figures, simulate
from stepladder.simulate.decisions import decisions
from stepladder.task import Task
from stepladder.tune.goal import AsGoodAsTheBest, AtMostError, ErrorCost, WithinBudget
from stepladder.tune.ladder import End
from stepladder.tune.promise import Of, Promise
from stepladder.tune.tuned import Tuned
from stepladder.tune.tuning import tune
from stepladder.tune.wish import Wish
from stepladder.tune.writing import write as write_policy
from stepladder.types import Usd

DAY = date(2026, 11, 1)
TASK = Task.model_validate({"name": "reviews", "instructions": "Which?", "labels": list(LABELS)})
MACHINES = ("small", "medium", "large")
WAGE = 0.08


class Desk:
    """A folder with a recording and prices."""

    def __init__(self, folder: Path, lines: list[Any]) -> None:
        self.folder = folder
        self.path = write(folder / "past.jsonl", lines)
        (folder / "prices.toml").write_text(PRICES)
        self.recording = Recording.open(self.path, TASK)
        self.scenario = Scenario(PriceBook.load([folder / "prices.toml"]), DAY)
        recorded = {"kind": "recorded", "recording": "past.jsonl"}
        self.base = Policy.model_validate(
            {
                "name": "base",
                "prices": ["prices.toml"],
                "calibration": {"prior": False},
                "annotators": {
                    "clerk": {"kind": "human", "wage": "clerk", "answers": "answers.csv"},
                    **{name: {**recorded, "annotator": name} for name in MACHINES},
                },
                "tiers": [{"name": name, "ask": name} for name in MACHINES],
            }
        )

    def tuned(self, wish: Wish) -> Tuned:
        return tune(self.recording, self.base, self.scenario, wish)

    def written(self, wish: Wish, name: str = "tuned.toml") -> Path:
        found = self.tuned(wish)
        assert found.chosen is not None
        digest = self.recording.contents.digest
        path = self.folder / name
        return write_policy(
            path, found, found.chosen, "a goal", wish.promise, wish.seed, digest
        ).policy


def open_rows(count: int, seed: int = 0, *, confident: bool = False) -> list[Any]:
    """Rows that everybody may see; without confidences, which take long to calibrate."""
    found = [{**row, "local_only": False} for row in rows(count, seed)]
    for row in found if not confident else ():
        for vote in row["votes"].values():
            vote.pop("source", None)
            vote.pop("confidence", None)
    return found


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, open_rows(400))


WISH = Wish(AsGoodAsTheBest(), None, End.ANY, tiers=3, seed=0)
CHEAPEST, DEAREST = 2e-5, 1e-3


def test_a_budget_is_kept_and_more_money_buys_accuracy(desk: Desk) -> None:
    cheap, dear = (desk.tuned(replace(WISH, goal=WithinBudget(usd))).chosen for usd in (5e-5, 2e-3))
    assert cheap is not None
    assert dear is not None
    assert cheap.expected is not None
    assert dear.expected is not None
    assert cheap.expected.usd <= 5e-5 * 1.001
    assert dear.expected.value > cheap.expected.value
    assert cheap.measured.usd_per_candidate < dear.measured.usd_per_candidate
    assert not cheap.promised


def test_a_budget_below_the_cheapest_is_infeasible(desk: Desk) -> None:
    found = desk.tuned(replace(WISH, goal=WithinBudget(1e-9)))
    assert found.chosen is None
    assert found.reason.startswith("infeasible: the cheapest ladder costs ")


def test_an_error_that_machines_cannot_keep_is_infeasible_without_people(desk: Desk) -> None:
    goal = AtMostError(0.005, Of.DELIVERED)
    found = desk.tuned(replace(WISH, goal=goal))
    assert found.chosen is None
    assert "allow people" in found.reason
    with_people = desk.tuned(replace(WISH, goal=goal, end=End.PERSON))
    assert with_people.chosen is not None
    assert with_people.chosen.measured.by_people > 0


def test_the_price_of_an_error_decides_who_labels(desk: Desk) -> None:
    shares = []
    for usd in (0.001, 0.2, 100.0):
        chosen = desk.tuned(replace(WISH, goal=ErrorCost(usd), end=End.PERSON)).chosen
        assert chosen is not None
        shares.append(chosen.measured.by_people)
    assert shares == sorted(shares)
    # About some, no machine names any label.
    assert shares[0] < 10
    assert shares[-1] > 300


def test_as_good_as_the_best_costs_no_more_than_the_best(desk: Desk) -> None:
    found = desk.tuned(WISH)
    assert found.chosen is not None
    assert found.chosen.expected is not None
    assert found.chosen.expected.usd < found.frontier[-1].usd


def test_the_frontier_rises(desk: Desk) -> None:
    frontier = desk.tuned(replace(WISH, end=End.PERSON)).frontier
    assert len(frontier) > 5
    assert [one.usd for one in frontier] == sorted(one.usd for one in frontier)
    assert [one.value for one in frontier] == sorted(one.value for one in frontier)


PROMISE = Promise(0.15, 0.9)
PROMISED = Wish(AtMostError(0.15, Of.DELIVERED), PROMISE, End.PERSON, tiers=3, seed=1)


def test_a_promise_is_tested_on_gold_that_nothing_else_saw(desk: Desk) -> None:
    found = desk.tuned(PROMISED)
    assert found.chosen is not None
    frozen = found.chosen.frozen
    assert frozen is not None
    assert found.chosen.promised
    assert not set(frozen.learnt_from) & set(frozen.tested_on)
    assert found.taught + found.tested == found.rows == 400
    assert found.chosen.measured.candidates == found.tested
    assert frozen.fit.rows == found.taught


def test_a_promise_that_no_gold_supports_is_people_alone(tmp_path: Path) -> None:
    desk = Desk(tmp_path, open_rows(130))
    strict = replace(PROMISED, goal=AtMostError(0.01, Of.DELIVERED), promise=Promise(0.01, 0.99))
    found = desk.tuned(strict)
    assert found.chosen is not None
    assert [tier.ask for tier in found.chosen.policy.tiers] == [("clerk",)]
    assert found.chosen.measured.usd_per_candidate == pytest.approx(WAGE)
    without = desk.tuned(replace(strict, end=End.ANY))
    assert without.chosen is None
    assert without.reason.startswith("infeasible")


def test_accepted_errors_without_people_leave_candidates_unlabelled(desk: Desk) -> None:
    goal = AtMostError(0.04, Of.ACCEPTED)
    found = desk.tuned(replace(WISH, goal=goal, end=End.NOBODY))
    assert found.chosen is not None
    assert found.chosen.measured.abstained > 0
    assert found.chosen.expected is not None
    assert found.chosen.expected.accepted_error <= 0.04 + 1e-6


def test_the_same_seed_makes_the_same_files(desk: Desk) -> None:
    one, other = (desk.written(PROMISED, f"{n}.toml") for n in ("one", "other"))
    assert (
        one.with_name("one.fit.json").read_bytes() == one.with_name("other.fit.json").read_bytes()
    )
    assert load_policy(one).tiers == load_policy(other).tiers


def test_the_policy_file_is_a_policy_with_its_evidence(desk: Desk) -> None:
    policy = load_policy(desk.written(PROMISED))
    assert policy.evidence is not None
    assert policy.evidence.promise is not None
    assert float(policy.evidence.promise.error) == 0.15
    assert policy.evidence.recording == desk.recording.contents.digest
    assert policy.evidence.tested > policy.evidence.taught
    assert policy.tiers[-1].ask == ("clerk",)
    kept = orjson.loads((desk.folder / "tuned.fit.json").read_bytes())
    assert set(kept["fit"]["annotators"]) == set(policy.machines)


def test_a_simulation_leaves_out_what_the_policy_has_seen(desk: Desk) -> None:
    path = desk.written(PROMISED)
    policy = load_policy(path)
    frozen = frozen_fit(policy, path.parent, TASK.label_names)
    assert simulate(desk.recording, policy, frozen=frozen).left_out.seen == 400
    fresh = Desk(desk.folder, open_rows(300, seed=9))
    simulation = simulate(fresh.recording, policy, frozen=frozen)
    assert simulation.left_out.seen == 0
    assert len(simulation.replay) == 300
    assert not simulation.calibration
    assert frozen is not None
    assert simulation.fit == frozen.fit
    accuracy = figures(simulation, fresh.scenario).accuracy
    assert accuracy is not None
    assert accuracy.value > 0.85


def test_the_order_of_the_tasks_labels_does_not_matter(desk: Desk) -> None:
    path = desk.written(PROMISED)
    policy = load_policy(path)
    fresh = [{**row, "id": f"fresh {row['id']}"} for row in open_rows(120, seed=9)]
    lines = write(desk.folder / "fresh.jsonl", fresh)
    names = list(reversed(LABELS))
    other = Task.model_validate({"name": "r", "instructions": "Which?", "labels": names})
    found = []
    for task in (TASK, other):
        frozen = frozen_fit(policy, path.parent, task.label_names)
        simulation = simulate(Recording.open(lines, task), policy, frozen=frozen)
        decided = {one.key: one.label for one in decisions(simulation, desk.scenario)}
        found.append((decided, figures(simulation, desk.scenario).accuracy))
    assert found[0] == found[1]


def test_people_alone_where_machines_would_cost_more(desk: Desk) -> None:
    cheap = replace(desk.scenario, human_price=Usd.of("0.00000001"))
    found = tune(desk.recording, desk.base, cheap, PROMISED)
    assert found.chosen is not None
    assert [tier.ask for tier in found.chosen.policy.tiers] == [("clerk",)]


def test_a_group_on_both_sides_of_a_split_is_noticed(desk: Desk) -> None:
    path = desk.written(PROMISED)
    frozen = frozen_fit(load_policy(path), path.parent, TASK.label_names)
    fresh = [{**row, "id": f"fresh {row['id']}"} for row in open_rows(60, seed=9)]
    both = Desk(desk.folder, fresh)
    assert simulate(both.recording, load_policy(path), frozen=frozen).left_out.alike == 60
    apart = Desk(desk.folder, [{**row, "group": f"fresh {row['group']}"} for row in fresh])
    assert simulate(apart.recording, load_policy(path), frozen=frozen).left_out.alike == 0


@pytest.mark.parametrize("end", [End.PERSON, End.ANY])
def test_label_decides_by_exactly_the_fit_that_was_tuned(tmp_path: Path, end: End) -> None:
    """Live, on other candidates: nobody calibrates; decisions and costs are the simulated ones."""
    teacher = Desk(tmp_path, open_rows(400, confident=True))
    wish = replace(PROMISED, promise=None, end=end) if end is End.ANY else PROMISED
    goal = WithinBudget(2e-4) if end is End.ANY else wish.goal
    path = teacher.written(replace(wish, goal=goal))
    fresh = open_rows(120, seed=5, confident=True)
    desk = Desk(tmp_path, fresh)
    with (tmp_path / "answers.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["id", "label"], *([row["id"], row["gold"]] for row in fresh)])
    policy = load_policy(path)
    setup = set_up(TASK, policy, tmp_path, day=DAY)
    options = RunOptions(f"sqlite:///{tmp_path / 'l.db'}", budget=Usd.of(9), wages=Usd.of(99))

    async def ran() -> dict[Any, Any]:
        run = Run(setup, [row.candidate for row in desk.recording], options)
        found = {one.decision.key: one async for one in run.decisions()}
        assert run.progress.calibration.asked == 0
        return found

    live = asyncio.run(ran())
    frozen = frozen_fit(policy, tmp_path, TASK.label_names)
    simulation = simulate(desk.recording, policy, frozen=frozen)
    replayed = {one.key: one for one in decisions(simulation, desk.scenario)}
    assert len(live) == len(replayed) == 120
    for key, finished in live.items():
        one, other = finished.decision, replayed[key]
        assert not finished.by_gold
        assert (one.status, one.label, one.route, one.cost) == (
            *(other.status, other.label, other.route, other.cost),
        )
        assert one.probability == pytest.approx(other.probability, abs=1e-12)


def test_a_fit_that_was_changed_or_is_missing_is_refused(desk: Desk) -> None:
    path = desk.written(PROMISED)
    policy, fit = load_policy(path), desk.folder / "tuned.fit.json"
    content = fit.read_bytes()
    fit.write_bytes(content.replace(b'"seed": 1', b'"seed": 2'))
    with pytest.raises(PolicyError, match="not the file that the policy was tuned with"):
        frozen_fit(policy, desk.folder, TASK.label_names)
    fit.unlink()
    with pytest.raises(PolicyError, match="cannot be read: No such file"):
        frozen_fit(policy, desk.folder, TASK.label_names)
    fit.write_bytes(content)
    with pytest.raises(PolicyError, match=r"made for the labels .* the task has yes, no"):
        frozen_fit(policy, desk.folder, ("yes", "no"))


POOR = {
    "too few rows": (open_rows(20), "20 rows of gold with a vote of everybody: at least 30"),
    "one label": ([{**row, "gold": "good"} for row in open_rows(60)], "all gold is 'good'"),
    "one group": ([{**row, "group": "g"} for row in open_rows(60)], "all gold is of one group"),
    "another task": ([{**row, "gold": "fine"} for row in open_rows(60)], "it says 'fine', and the"),
    "no votes": ([{**row, "votes": {"small": "good"}} for row in open_rows(60)], "no votes of"),
}


@pytest.mark.parametrize(("lines", "said"), POOR.values(), ids=POOR.keys())
def test_too_little_gold_says_what_is_missing(tmp_path: Path, lines: list[Any], said: str) -> None:
    desk = Desk(tmp_path, lines)
    with pytest.raises(UserError, match=said):
        desk.tuned(WISH)


def test_rows_with_a_missing_vote_teach_nothing(tmp_path: Path) -> None:
    lines = open_rows(200)
    for row in lines[::4]:
        del row["votes"]["large"]
    found = Desk(tmp_path, lines).tuned(WISH)
    assert (found.rows, found.incomplete, found.taught) == (200, 50, 150)


def test_a_few_rows_without_gold_are_gaps_and_many_are_the_rest(tmp_path: Path) -> None:
    lines = open_rows(200)
    for row in lines[:6]:
        row["gold"] = None
    assert Desk(tmp_path, lines).tuned(PROMISED).rest_groups == 97
    for row in lines[130:]:
        row["gold"] = None
    assert Desk(tmp_path, lines).tuned(PROMISED).rest_groups == 38


def test_many_annotators_are_cut_to_those_that_may_pay(tmp_path: Path) -> None:
    lines = open_rows(150)
    for row in lines:
        for number in range(7):
            row["votes"][f"copy{number}"] = row["votes"]["small"]
    desk = Desk(tmp_path, lines)
    names = (*MACHINES, *(f"copy{number}" for number in range(7)))
    spec = {"kind": "recorded", "recording": "past.jsonl"}
    desk.base = Policy.model_validate(
        {
            "name": "many",
            "prices": ["prices.toml"],
            "calibration": {"prior": False},
            "annotators": {
                n: {**spec, "annotator": n, "price": n if n in MACHINES else "small"} for n in names
            },
            "tiers": [{"name": name, "ask": name} for name in names],
        }
    )
    found = desk.tuned(WISH)
    assert len(found.considered) == 7
    assert {"medium", "large"} <= set(found.considered)
    assert len(found.left_out) == 3
