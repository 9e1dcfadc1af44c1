"""What a tuned policy promised, said again where it labels."""

from __future__ import annotations

from collections.abc import Iterator

from stepladder.policy import Policy

OF = {
    "delivered": "all labels",
    "accepted": "the labels that machines gave",
    "all": "all labels, those of gold included,",
}


def promise_lines(policy: Policy) -> Iterator[str]:
    """One line on the promise, or on there being none; nothing for a policy that was not tuned."""
    evidence = policy.evidence
    if evidence is None:
        return
    promise = evidence.promise
    if promise is None:
        yield f"Tuned on {evidence.rows:,} rows of gold, without a promise: {evidence.goal}."
        return
    yield (
        f"Promised when it was tuned: at most {promise.error:.1%} of {OF[promise.of]} wrong, at "
        f"{promise.confidence:.0%} confidence, on {promise.rest_groups:,} groups like the "
        f"{evidence.tested:,} rows of gold that it was tested on."
    )
