from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepladder.policy import Policy
from stepladder.routing import Abstain, Accept, Ask, Asked, Fail, NotEnough, judge, next_step
from stepladder.types import Labelled, Posterior, Reason, Unlabelled, Vote

LABELS = ("good", "bad")
SURE = Posterior(LABELS, (0.95, 0.05))
TORN = Posterior(LABELS, (0.6, 0.4))
NAMES = ("tiny", "small", "medium", "large", "ann")


def policy(*, person: bool = True) -> Policy:
    """Three machines, each with a threshold of 0.9 (the large one of 0.8), and a person."""
    tiers = [
        {"name": "Tiny", "ask": "tiny", "accept": {"probability": 0.9}},
        {"name": "Small", "ask": ["small", "medium"], "accept": {"probability": 0.9}},
        {"name": "Large", "ask": "large", "accept": {"probability": 0.8}},
        {"name": "Person", "ask": "ann"},
    ]
    machines = {name: {"kind": "scripted", "answers": {"*": "good"}} for name in NAMES[:4]}
    return Policy.model_validate(
        {
            "name": "p",
            "annotators": {**machines, "ann": {"kind": "human"}},
            "tiers": tiers if person else tiers[:3],
        }
    )


LADDER = policy()
MACHINES = policy(person=False)


def said(annotator: str, label: str) -> Vote:
    return Vote(annotator, Labelled(label))


def silent(annotator: str) -> Vote:
    return Vote(annotator, Unlabelled(Reason.REFUSED, "no"))


TINY = Asked(0, (said("tiny", "good"),))
LARGE = Asked(2, (said("large", "bad"),))


def test_a_fresh_candidate_goes_to_the_cheapest_tier_that_may_see_it() -> None:
    assert next_step(LADDER, (0, 1, 2, 3), (), None) == Ask(0)
    assert next_step(LADDER, (2, 3), (), None) == Ask(2)


def test_a_sure_tier_ends_the_climb() -> None:
    step = next_step(LADDER, (0, 1, 2, 3), (TINY,), SURE)
    assert step == Accept("good", "probability >= 0.9")


def test_an_unsure_tier_escalates_past_those_that_may_not_see_the_candidate() -> None:
    assert next_step(LADDER, (0, 1, 2, 3), (TINY,), TORN) == Ask(1)
    assert next_step(LADDER, (0, 3), (TINY,), TORN) == Ask(3)


def test_each_tier_judges_by_its_own_rule() -> None:
    between = Posterior(LABELS, (0.85, 0.15))
    assert next_step(LADDER, (0, 1, 2, 3), (TINY,), between) == Ask(1)
    assert next_step(LADDER, (0, 1, 2, 3), (TINY, LARGE), between) == Accept(
        "good", "probability >= 0.8"
    )


def test_a_failed_tier_escalates_even_if_lower_votes_are_sure() -> None:
    failed = Asked(1, (silent("small"),))
    assert next_step(LADDER, (0, 1, 2, 3), (TINY, failed), SURE) == Ask(2)


def test_one_label_in_a_tier_is_enough_to_judge_it() -> None:
    half = Asked(1, (silent("small"), said("medium", "good")))
    assert isinstance(next_step(LADDER, (0, 1, 2, 3), (half,), SURE), Accept)


def test_the_top_of_the_ladder_abstains_and_says_why() -> None:
    assert next_step(MACHINES, (0, 1, 2), (TINY, LARGE), TORN) == Abstain("probability 0.600 < 0.8")


def test_the_top_of_the_ladder_abstains_when_only_lower_tiers_gave_a_label() -> None:
    failed = Asked(2, (silent("large"),))
    assert next_step(MACHINES, (0, 1, 2), (TINY, failed), TORN) == Abstain(
        "no label from Large: no"
    )


def test_a_ladder_without_any_label_fails_and_names_the_last_tier() -> None:
    silence = (Asked(0, (silent("tiny"),)), Asked(2, (silent("large"),)))
    assert next_step(MACHINES, (0, 2), silence, None) == Fail("no label from Large: no")


def test_a_candidate_that_nobody_may_see_fails() -> None:
    assert next_step(MACHINES, (), (), None) == Fail("nobody may see it")


def test_a_person_decides_against_the_machines() -> None:
    person = Asked(3, (said("ann", "bad"),))
    assert next_step(LADDER, (0, 1, 2, 3), (TINY, person), SURE) == Accept("bad", "a person")


def test_a_person_decides_where_no_machine_gave_a_label() -> None:
    person = Asked(3, (said("ann", "good"),))
    assert next_step(LADDER, (3,), (person,), None) == Accept("good", "a person")


@pytest.mark.parametrize(("posterior", "kind"), [(TORN, Abstain), (SURE, Abstain), (None, Fail)])
def test_a_person_without_an_answer_ends_the_climb_without_a_label(
    posterior: Posterior | None, kind: type
) -> None:
    person = Asked(3, (silent("ann"),))
    step = next_step(LADDER, (0, 3), (person,), posterior)
    assert step == kind("the person gave no label")


def test_judging_alone_says_what_is_missing() -> None:
    assert judge(LADDER, (TINY,), TORN) == NotEnough("probability 0.600 < 0.9")


votes = st.one_of(
    st.builds(said, st.sampled_from(NAMES), st.sampled_from(LABELS)),
    st.builds(silent, st.sampled_from(NAMES)),
)


@st.composite
def climbs(draw: st.DrawFn) -> tuple[Policy, list[int], list[Asked], Posterior | None]:
    """A policy, who may be asked, and the part of it that was asked."""
    ladder = draw(st.sampled_from([LADDER, MACHINES]))
    numbers = range(len(ladder.tiers))
    reachable = sorted(draw(st.sets(st.sampled_from(numbers))))
    asked = [
        Asked(tier, tuple(replace(draw(votes), annotator=name) for name in ladder.tiers[tier].ask))
        for tier in reachable[: draw(st.integers(0, len(reachable)))]
    ]
    p = draw(st.floats(0, 1))
    labelled = any(vote.label for one in asked for vote in one.votes)
    return ladder, reachable, asked, Posterior(LABELS, (p, 1 - p)) if labelled else None


@given(climbs())
def test_every_step_climbs_or_ends(
    climb: tuple[Policy, list[int], list[Asked], Posterior | None],
) -> None:
    ladder, reachable, asked, posterior = climb
    match next_step(ladder, reachable, asked, posterior):
        case Ask(tier):
            assert tier in reachable
            assert tier > max((one.tier for one in asked), default=-1)
        case Accept(label, reason):
            assert label in LABELS
            assert reason
        case Abstain(reason):
            assert reason
            assert posterior is not None
            assert len(asked) == len(reachable)
        case Fail(reason):
            assert reason
            assert posterior is None
            assert len(asked) == len(reachable)
