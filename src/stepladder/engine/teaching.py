"""What a policy's gold is asked to teach: which sets of annotators, from which columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate

from stepladder.confidence import GoldRow, GoldTable, PriorColumns, Wanted
from stepladder.confidence.correction import batch, contextual
from stepladder.confidence.vector import Vector
from stepladder.policy import Correction, Policy, correction_of
from stepladder.task import Task
from stepladder.task.template import template_columns
from stepladder.types import Candidate, Vote


def route_sets(policy: Policy) -> tuple[tuple[str, ...], ...]:
    """The sets of machines that the route can have asked, tier by tier.

    A candidate that must stay on the user's machines takes a route of its own, past the others.
    """
    machines = frozenset(policy.machines)
    local = frozenset(name for name in machines if policy.annotators[name].local)
    return tuple(dict.fromkeys([*_sets(policy, machines), *_sets(policy, local)]))


def _sets(policy: Policy, seeing: Collection[str]) -> Iterator[tuple[str, ...]]:
    """Who has been asked after each tier, of those who may see the candidate."""
    names = [tuple(name for name in tier.ask if name in seeing) for tier in policy.tiers]
    return (tuple(dict.fromkeys(asked)) for asked in accumulate(names) if asked)


def to_learn(
    task: Task,
    policy: Policy,
    gold: Sequence[GoldRow],
    content_free: Mapping[str, Sequence[Vote]],
    seed: int,
) -> Wanted:
    """All that is to be fitted on these gold rows (n)."""
    prior = policy.calibration.prior and bool(gold)
    return Wanted(
        labels=task.label_names,
        annotators=policy.machines,
        sets=route_sets(policy),
        minimum=policy.calibration.minimum,
        seed=seed,
        columns=prior_columns(task, gold[0].candidate) if prior else None,
        offsets=offsets(policy, task.label_names, gold, content_free),
    )


def prior_columns(task: Task, candidate: Candidate) -> PriorColumns:
    """The columns that may say something of the label: none that is id, gold, group or the like."""
    texts = template_columns(task.text)
    named = {column for _, column in task.columns if column is not None}
    others = tuple(c for c in sorted(candidate.columns) if c not in named and c not in texts)
    return PriorColumns(texts, others)


def offsets(
    policy: Policy,
    labels: Sequence[str],
    gold: Sequence[GoldRow],
    content_free: Mapping[str, Sequence[Vote]],
) -> Mapping[str, Vector]:
    """By annotator: what is taken out of its token log-probabilities; none if too few know it."""
    found: dict[str, Vector] = {}
    for name in policy.machines:
        match correction_of(policy, name):
            case Correction.NONE:
                offset = None
            case Correction.CONTEXTUAL:
                offset = contextual(labels, content_free.get(name, ()))
            case Correction.BATCH:
                offset = _batch(name, labels, gold)
        if offset is not None:
            found[name] = offset
    return found


def _batch(name: str, labels: Sequence[str], gold: Sequence[GoldRow]) -> Vector | None:
    table = GoldTable(tuple(labels), tuple(row for row in gold if name in row.votes))
    votes = [row.votes[name] for row in table.rows]
    return batch(labels, votes, [float(weight) for weight in table.weight])
