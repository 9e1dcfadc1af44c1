"""What is known of candidates once a tier was asked: arrays for the rules to judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from stepladder.confidence.many import ManyVotes
from stepladder.policy import Deliver, Policy, Tier
from stepladder.routing.lot import lot_of
from stepladder.types import Candidate, Vote
from stepladder.types.arrays import NO_LABEL, Flags, Floats, Numbers

KINDS = ("input", "cached_input", "cache_write", "output", "reasoning", "requests")
"""The columns of usage."""


@dataclass(frozen=True, eq=False)
class Rung:
    """One tier over all candidates (n), as if each had climbed to it."""

    reachable: Flags
    """Whether anybody in it may see the candidate (n)."""
    named: Flags
    """Whether anybody in it names a label (n)."""
    calibrated: Flags
    """Whether gold taught about all votes so far (n)."""
    top: Numbers
    """Number of the label that would be delivered (n); NO_LABEL without any."""
    probability: Floats
    """Of that label (n)."""
    margin: Floats
    """Its lead over the most probable other one (n)."""
    entropy: Floats
    """Of the posterior, 0 (sure) to 1 (uniform) (n)."""
    agreeing: Floats
    """How many of those asked so far name it (n)."""
    lot: Floats
    """Decides between candidates that are exactly alike (n); zeros where no rule asks."""
    seconds: Floats
    """Until its slowest annotator answered, as recorded (n)."""
    usage: Mapping[str, NDArray[np.int32]]
    """By annotator of the tier, what it used (n x 6 kinds)."""
    said: Mapping[str, NDArray[np.int32]]
    """By machine of the tier, the number of the label that it named (n); NO_LABEL for none."""

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """One after the other."""
        return cls(
            **{one.name: _joined([getattr(p, one.name) for p in parts]) for one in fields(cls)}
        )


def _joined(parts: Sequence[Any]) -> Any:
    """Arrays, or arrays by name, one after the other."""
    if isinstance(parts[0], Mapping):
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return np.concatenate(parts)


def rung_of(
    policy: Policy,
    tier: int,
    candidates: Sequence[Candidate],
    heard: ManyVotes,
    votes: Mapping[str, Sequence[Vote | None]],
) -> Rung:
    """The tier of that number; `votes` are by machine, one for each candidate (n)."""
    asked, local = policy.tiers[tier].ask, np.array([one.local_only for one in candidates], bool)
    so_far = [n for one in policy.tiers[: tier + 1] for n in one.ask if not policy.is_person(n)]
    so_far = list(dict.fromkeys(so_far))
    posterior = heard.posteriors(so_far)
    top = _delivered(policy.deliver, posterior, [heard.labels[name] for name in so_far])
    own, other = _own_and_other(posterior, top)
    agreeing = sum((heard.labels[n] == top for n in so_far), np.zeros(len(top)))
    person = any(policy.is_person(name) for name in asked)
    seeing = any(policy.annotators[name].local for name in asked)
    machines = [name for name in asked if not policy.is_person(name)]
    said = {name: heard.labels[name].astype(np.int32) for name in machines}
    named = [one != NO_LABEL for one in said.values()]
    return Rung(
        reachable=np.ones(len(top), dtype=bool) if seeing else ~local,
        named=np.ones(len(top), dtype=bool) if person else np.any(named, axis=0),
        calibrated=heard.calibrated(so_far),
        top=top,
        probability=own,
        margin=own - other,
        entropy=_entropy(posterior),
        agreeing=np.asarray(agreeing, dtype=np.float64),
        lot=_lots(policy.tiers[tier], candidates),
        seconds=_slowest([votes[name] for name in machines], len(top)),
        usage={
            name: _answers(len(top)) if policy.is_person(name) else _usage(votes[name])
            for name in asked
        },
        said=said,
    )


def _delivered(deliver: Deliver, posterior: Floats, said: Sequence[Numbers]) -> Numbers:
    """The number of the label that would be delivered (n); NO_LABEL in silence."""
    some = ~np.isnan(posterior).any(axis=1)
    top = np.where(some, np.nan_to_num(posterior).argmax(axis=1), NO_LABEL)
    return last_named(said, top) if deliver is Deliver.LAST else top


class _Chances(NamedTuple):
    own: Floats
    other: Floats


def _own_and_other(posterior: Floats, top: Numbers) -> _Chances:
    """Probability of that label, and of the most probable other one (n each)."""
    place = np.maximum(top, 0)[:, None]
    own = np.take_along_axis(posterior, place, axis=1)[:, 0]
    others = posterior.copy()
    np.put_along_axis(others, place, -np.inf, axis=1)
    return _Chances(own, others.max(axis=1))


def last_named(said: Sequence[Numbers], otherwise: Numbers) -> Numbers:
    """The label that the last of them to name one named (n)."""
    found = otherwise
    for labels in said:
        found = np.where(labels != NO_LABEL, labels, found)
    return found


def _lots(tier: Tier, candidates: Sequence[Candidate]) -> Floats:
    if all(rule.ties is None for rule in tier.accept):
        return np.zeros(len(candidates))
    return np.array([lot_of(one.key) for one in candidates], dtype=np.float64)


def _entropy(posterior: Floats) -> Floats:
    """Shannon entropy over that of the uniform distribution (n)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        nats = -np.where(posterior > 0, posterior * np.log(posterior), 0.0).sum(axis=1)
    return np.asarray(np.clip(nats / np.log(posterior.shape[1]), 0.0, 1.0), dtype=np.float64)


def _slowest(votes: Sequence[Sequence[Vote | None]], rows: int) -> Floats:
    found = np.zeros(rows)
    for given in votes:
        found = np.maximum(found, [0.0 if vote is None else vote.seconds for vote in given])
    return found


def _usage(votes: Sequence[Vote | None]) -> NDArray[np.int32]:
    used = [(0,) * len(KINDS) if v is None else [getattr(v.usage, k) for k in KINDS] for v in votes]
    return np.array(used, dtype=np.int32).reshape(-1, len(KINDS))


def _answers(rows: int) -> NDArray[np.int32]:
    """One answer of a person each."""
    found = np.zeros((rows, len(KINDS)), dtype=np.int32)
    found[:, KINDS.index("requests")] = 1
    return found
