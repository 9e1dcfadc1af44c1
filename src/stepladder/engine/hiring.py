"""Wrapping the annotators of a run: each attempt is retried, limited and journalled."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

from stepladder.annotators.base import Annotator
from stepladder.annotators.guarded import Guarded
from stepladder.annotators.limited import Limited
from stepladder.annotators.retrying import Retrying
from stepladder.annotators.sound import Sound
from stepladder.engine.account import Account
from stepladder.engine.brake import Brake
from stepladder.engine.claim import Claim
from stepladder.engine.journal import Journalled
from stepladder.engine.setup import Setup
from stepladder.engine.staff import Staff
from stepladder.ledger import Ledger
from stepladder.policy import AnnotatorSpec, ModelSpec
from stepladder.types import CandidateKey

FEWEST_FAILURES = 4
"""In a row, from which an annotator counts as down: less may be bad luck."""


def hire(
    setup: Setup,
    ledger: Ledger,
    account: Account,
    claims: Mapping[CandidateKey, Claim],
    brake: Brake,
    seed: int,
) -> Staff:
    """Wrap the annotators that the ladder asks."""
    wrapped: dict[str, Annotator] = {}
    staff = checked(setup)
    for name, rate in setup.rates.items():
        journalled = Journalled(staff.annotators[name], rate, ledger, account, claims, brake)
        jitter = random.Random(f"{seed}:{name}")  # noqa: S311
        wrapped[name] = _wrapped(journalled, setup.policy.annotators[name], jitter, brake)
    return replace(staff, annotators=wrapped)


def checked(setup: Setup) -> Staff:
    """The annotators as they are, but that no flawed confidence comes of a user's own."""
    return replace(Staff.of(setup), annotators={n: _sound(setup, n) for n in setup.annotators})


def _sound(setup: Setup, name: str) -> Annotator:
    """The annotator, whose confidence is looked at unless it is read here, off a model's answer."""
    annotator = setup.annotators[name]
    if isinstance(setup.policy.annotators[name], ModelSpec):
        return annotator
    return Sound(annotator, setup.task.label_names)


def _wrapped(
    journalled: Journalled, spec: AnnotatorSpec, jitter: random.Random, brake: Brake
) -> Annotator:
    """Guarded, limited and retried as the policy says; each attempt of it is journalled."""
    patience = float(spec.patience)
    # Inside the limits: whoever waited for them learns what was found out meanwhile.
    guarded = Guarded(
        journalled,
        spec.when_down,
        patience,
        sleep=brake.pause,
        # Few requests at once: down before many candidates' attempts are used up.
        opens_after=max(FEWEST_FAILURES, spec.retries + spec.concurrency),
    )
    limited = Limited(
        guarded,
        concurrency=spec.concurrency,
        requests_per_minute=spec.requests_per_minute,
        tokens_per_minute=spec.tokens_per_minute,
        sleep=brake.pause,
        patience=patience,
    )
    return Retrying(limited, retries=spec.retries, rng=jitter, sleep=brake.pause, patience=patience)
