"""A tuned ladder as a policy, and the part of the fit that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from json import loads

from stepladder.confidence import Fit
from stepladder.policy import Accept, AnnotatorSpec, HumanSpec, Policy, Tier, confidence_of
from stepladder.tune.ladder import End, Ladder
from stepladder.tune.naming import Rule

DIGITS = Decimal("1e-12")
"""To which thresholds are written, rounded down: so is what reaches them."""


def simplified(ladder: Ladder) -> Ladder:
    """Without tiers that accept nothing: whom they ask, the next one asks, or nobody at the end."""
    route: list[tuple[str, ...]] = []
    thresholds: list[float] = []
    ties: list[float] = []
    waiting: tuple[str, ...] = ()
    for number, names in enumerate(ladder.route):
        own = waiting + names
        accepts = number >= len(ladder.thresholds) or not _unreachable(ladder, number, own)
        if not accepts:
            waiting = own
            continue
        waiting = ()
        route.append(own)
        if number < len(ladder.thresholds):
            thresholds.append(ladder.thresholds[number])
            ties.append(ladder.ties_of(number))
    return replace(ladder, route=tuple(route), thresholds=tuple(thresholds), ties=tuple(ties))


def _unreachable(ladder: Ladder, number: int, names: Sequence[str]) -> bool:
    threshold = ladder.thresholds[number]
    if ladder.rule is Rule.PROBABILITY:
        return threshold > 1.0
    asked = sum(len(tier) for tier in ladder.route[: number + 1])
    return threshold > max(asked, len(names))


def policy_of(base: Policy, ladder: Ladder, name: str) -> Policy:
    """The policy; people come from the base policy, or are `person`, without an answers file."""
    tiers = [
        Tier(
            name=" + ".join(names),
            ask=names,
            accept=_accept(ladder, number),
            confidence=confidence_of(base, names[0]),
        )
        for number, names in enumerate(ladder.route)
    ]
    asked = {name: base.annotators[name] for names in ladder.route for name in names}
    if ladder.end is End.PERSON:
        people = person_of(base)
        tiers.append(Tier(name=next(iter(people)), ask=tuple(people)))
        asked |= people
    return Policy(
        name=name,
        budget=base.budget,
        calibration=base.calibration,
        deliver=ladder.deliver,
        prices=base.prices,
        annotators=asked,
        tiers=tuple(tiers),
    )


def person_of(base: Policy) -> dict[str, AnnotatorSpec]:
    """The person that the base policy describes, by name, or one that nobody described."""
    for name, spec in base.annotators.items():
        if isinstance(spec, HumanSpec):
            return {name: spec}
    return {"person": HumanSpec(kind="human")}


def _accept(ladder: Ladder, number: int) -> tuple[Accept, ...]:
    if number >= len(ladder.thresholds):
        return ()
    threshold = ladder.thresholds[number]
    if ladder.rule is Rule.AGREE:
        return (Accept(agree=max(1, round(threshold))),)
    least = min(Decimal(1), max(Decimal(0), Decimal(threshold).quantize(DIGITS, ROUND_FLOOR)))
    ties = ladder.ties_of(number)
    if ties >= 1.0:
        return (Accept(probability=least),)
    return (Accept(probability=least, ties=Decimal(ties).quantize(DIGITS)),)


def part_of(fit: Fit, names: Sequence[str]) -> Fit:
    """What a fit says of these annotators alone."""
    asked = frozenset(names)
    beside = tuple(one.model_copy(update={"fit": part_of(one.fit, names)}) for one in fit.beside)
    return fit.model_copy(
        update={
            "annotators": {name: fit.annotators[name] for name in names},
            "pools": {key: pool for key, pool in fit.pools.items() if set(loads(key)) <= asked},
            "beside": beside,
        }
    )
