"""A few candidates put to every annotator, outside any run: to look at prompts and answers."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from stepladder.annotators.base import Answer, Waiting
from stepladder.engine.call import Call
from stepladder.engine.hiring import checked
from stepladder.engine.setup import Setup
from stepladder.engine.staff import Staff
from stepladder.errors import AnnotatorError, BudgetError
from stepladder.types import (
    NO_CONFIDENCE,
    NOTHING,
    UNUSED,
    Candidate,
    Confidence,
    Labelled,
    Outcome,
    Unlabelled,
    Usage,
    Usd,
    total,
)


@dataclass(frozen=True, slots=True)
class Tried:
    """What one annotator did with one candidate, one time."""

    call: Call
    """Who, and which of its draws."""
    label: str | None = None
    problem: str = ""
    """Why there is no label; `pending` for a person who has not answered."""
    text: str = ""
    """The answer as it came, shortened."""
    confidence: Confidence = NO_CONFIDENCE
    """Raw."""
    usage: Usage = UNUSED
    cost: Usd = NOTHING
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class About:
    """What everybody did with one candidate."""

    candidate: Candidate
    tried: Sequence[Tried]


@dataclass(frozen=True, slots=True)
class Trial:
    """All that was tried."""

    about: Sequence[About]

    @property
    def cost(self) -> Usd:
        """Money spent, wages included."""
        return total(tried.cost for about in self.about for tried in about.tried)


def quote_of(setup: Setup, candidates: Iterable[Candidate]) -> Usd:
    """The most that a trial can cost; raises BudgetError when the policy's budget is smaller."""
    staff = Staff.of(setup)
    machines, wages = NOTHING, NOTHING
    for candidate in candidates:
        for call in _calls(staff, candidate):
            quote, wage = staff.quote(call, candidate), staff.rates[call.annotator].wage
            machines += NOTHING if wage else quote
            wages += quote if wage else NOTHING
    budget = setup.policy.budget.usd
    if budget is not None and machines > Usd.of(budget):
        raise BudgetError(
            f"trying these candidates may cost {machines}, more than the policy's budget of "
            f"{budget} USD; try fewer of them with -n"
        )
    return machines + wages


async def try_out(setup: Setup, candidates: Iterable[Candidate]) -> Trial:
    """Ask everybody about every candidate, one attempt a draw; raises UserError if one cannot open.

    A failed attempt is part of what is shown; one of unknown cost counts at its quote.
    """
    staff = checked(setup)
    async with AsyncExitStack() as stack:
        await staff.open(stack)
        return Trial(
            [
                About(one, [await _try(staff, call, one) for call in _calls(staff, one)])
                for one in candidates
            ]
        )


def _calls(staff: Staff, candidate: Candidate) -> list[Call]:
    seeing = (name for name in staff.annotators if staff.allowed(name, candidate))
    return [call for name in seeing for call in staff.calls[name]]


async def _try(staff: Staff, call: Call, candidate: Candidate) -> Tried:
    rate, began = staff.rates[call.annotator], time.monotonic()
    try:
        reply = await staff.annotators[call.annotator].ask(candidate, call.draw)
    except AnnotatorError as error:
        seconds = time.monotonic() - began
        cost = _cost_of(error, staff, call, candidate)
        return Tried(
            call, None, str(error), usage=error.billed or UNUSED, cost=cost, seconds=seconds
        )
    seconds = time.monotonic() - began
    match reply:
        case Waiting():
            return Tried(call, None, "pending")
        case Answer(outcome, confidence, usage, _, text):
            cost = rate.cost(usage)
            return Tried(
                call, _label(outcome), _problem(outcome), text, confidence, usage, cost, seconds
            )


def _label(outcome: Outcome) -> str | None:
    return outcome.label if isinstance(outcome, Labelled) else None


def _problem(outcome: Outcome) -> str:
    if not isinstance(outcome, Unlabelled):
        return ""
    return f"{outcome.reason.replace('_', ' ')}: {outcome.detail}".removesuffix(": ")


def _cost_of(error: AnnotatorError, staff: Staff, call: Call, candidate: Candidate) -> Usd:
    if error.free:
        return NOTHING
    if error.billed is None:
        return staff.quote(call, candidate)
    return staff.rates[call.annotator].cost(error.billed)
