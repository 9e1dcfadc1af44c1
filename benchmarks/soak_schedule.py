"""What happens in one schedule, all drawn from its seed: values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Fate(StrEnum):
    """What becomes of one attempt, and what of it is charged and said."""

    ANSWERED = "answered"
    """Charged as it says."""
    OVERSTATED = "overstated"
    """Says that it used all that its bound allows, and charges less: what a missing usage is."""
    REFUSED = "refused"
    """429: nothing charged."""
    DOWN = "down"
    """Refused before work: nothing charged."""
    LOST = "lost"
    """Reset after the work: charged, and nobody knows how much."""
    LOST_EARLY = "lost_early"
    """Reset before the work: nothing charged, and nobody knows."""
    TIMED_OUT = "timed_out"
    """Charged; the answer never comes."""
    MALFORMED = "malformed"
    """Charged, with a usage but no answer."""
    REJECTED = "rejected"
    """Refused for good, nobody knows at what cost."""
    BROKEN = "broken"
    """The annotator's own code fails."""
    BEYOND = "beyond"
    """Charges, and says, more than its bound allows."""
    NOBODY = "nobody"
    """A person who has not answered yet."""


@dataclass(frozen=True, slots=True)
class Temper:
    """How one annotator behaves."""

    rate: int
    """pico-USD per token, or per answer of a person."""
    most: int
    """Tokens that one attempt can use."""
    fates: tuple[tuple[Fate, float], ...]
    """Weights; what is left of 1 answers."""
    longest: float
    """Seconds of the slowest attempt."""
    concurrency: int
    retries: int
    skip: bool
    """Whether it is skipped while it is down."""
    unsure: float
    """Share of its answers that climb on."""


@dataclass(frozen=True, slots=True)
class RunPlan:
    """One run: who is asked, about what, for how much."""

    name: str
    first: int
    """Number of its first candidate; runs may share candidates, and so votes."""
    count: int
    gold: int
    """How many of its candidates calibrate."""
    tempers: tuple[Temper, ...]
    """By tier."""
    together: bool
    """Whether the first tier asks two at once."""
    person: Temper | None
    budget: int
    """pico-USD."""
    wages: int
    shared: bool
    """Whether it draws on the schedule's shared budget."""


class How(StrEnum):
    """How the work of a process ends."""

    DONE = "done"
    KILLED_ASKING = "killed_asking"
    """SIGKILL by its own hand, in the n-th ask."""
    KILLED = "killed"
    """SIGKILL from outside, after some real milliseconds."""
    STOPPED = "stopped"
    """`run.stop()`, as a first Ctrl-C does."""
    CANCELLED = "cancelled"
    CANCELLED_TWICE = "cancelled_twice"
    LEFT = "left"
    """Its reader stops reading, after n decisions."""


@dataclass(frozen=True, slots=True)
class ProcessPlan:
    """One process: the runs in it, side by side in one event loop, and how it ends."""

    runs: tuple[int, ...]
    how: How
    after: float
    """Asks, real milliseconds, seconds or decisions, as `how` counts."""
    raises: int
    """How often the budgets were doubled by now."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Rounds of processes that work beside each other on one ledger."""

    seed: int
    runs: tuple[RunPlan, ...]
    pot: int
    """pico-USD of the budget that runs share."""
    rounds: tuple[tuple[ProcessPlan, ...], ...]
    """The last round leaves every run to its end."""

    @property
    def beyond(self) -> bool:
        """Whether a provider may bill beyond its quote."""
        tempers = (temper for run in self.runs for temper in run.tempers)
        return any(fate is Fate.BEYOND for temper in tempers for fate, _ in temper.fates)


HARMLESS = frozenset({Fate.ANSWERED, Fate.BEYOND, Fate.NOBODY})
TROUBLES: tuple[Fate, ...] = tuple(fate for fate in Fate if fate not in HARMLESS)


def drawn(seed: int) -> Schedule:
    """The schedule of a seed."""
    chance = Random(f"schedule:{seed}")
    beyond = chance.random() < 0.04
    pot = chance.random() < 0.35
    runs = tuple(
        _run(chance, n, beyond=beyond, pot=pot) for n in range(chance.choice((1, 1, 1, 2, 3)))
    )
    worst = max(_worst(run) for run in runs)
    money = int(worst * chance.choice((1.5, 3, 6, 12, 40)))
    return Schedule(seed, runs, money, _rounds(chance, len(runs)))


def _run(chance: Random, number: int, *, beyond: bool, pot: bool) -> RunPlan:
    tempers = tuple(_temper(chance, beyond=beyond) for _ in range(chance.choice((1, 2, 2, 3))))
    person = _person(chance) if chance.random() < 0.25 else None
    count = chance.randint(1, 12)
    plan = RunPlan(
        name=f"run{number}",
        first=chance.choice((0, 100 * number)),
        count=count,
        gold=min(count, chance.choice((0, 0, 0, 3))),
        tempers=tempers,
        together=chance.random() < 0.25,
        person=person,
        budget=0,
        wages=0 if person is None else person.rate * chance.choice((0, 1, 3, 20)),
        shared=pot and chance.random() < 0.8,
    )
    return _with_budget(plan, int(_worst(plan) * chance.choice((0.2, 1, 1.7, 3, 5, 9, 25))))


def _with_budget(plan: RunPlan, budget: int) -> RunPlan:
    values = {name: getattr(plan, name) for name in RunPlan.__slots__}
    return RunPlan(**{**values, "budget": budget})


def _worst(plan: RunPlan) -> int:
    """The most that one candidate can cost, in pico-USD."""
    tempers = plan.tempers + (plan.tempers[:1] if plan.together else ())
    return sum(t.rate * t.most * (1 + t.retries) for t in tempers)


def _temper(chance: Random, *, beyond: bool) -> Temper:
    trouble = chance.choice((0.0, 0.1, 0.3, 0.8))
    kinds = chance.sample(TROUBLES, chance.randint(1, 4))
    fates: list[tuple[Fate, float]] = []
    if trouble:
        fates += [(kind, trouble / len(kinds)) for kind in kinds]
    if beyond:
        fates.append((Fate.BEYOND, 0.04))
    return Temper(
        rate=chance.choice((1, 7, 10**4, 10**7)),
        most=chance.randint(1, 50),
        fates=tuple(fates),
        longest=chance.choice((0.0, 0.2, 1.0, 2.0)),
        concurrency=chance.choice((1, 2, 4, 8)),
        retries=chance.choice((0, 0, 1, 2, 3)),
        skip=chance.random() < 0.5,
        unsure=chance.choice((0.0, 0.3, 1.0)),
    )


def _person(chance: Random) -> Temper:
    fates = ((Fate.NOBODY, chance.choice((0.0, 0.5, 1.0))),)
    return Temper(chance.randint(1, 10**9), 1, fates, 0.0, 4, 0, skip=False, unsure=0.0)


def _rounds(chance: Random, runs: int) -> tuple[tuple[ProcessPlan, ...], ...]:
    disturbed = [_round(chance, runs, n) for n in range(chance.choice((0, 0, 1, 1, 1, 2)))]
    raises = chance.choice((0, 0, 1)) + len(disturbed)
    last = tuple(ProcessPlan((n,), How.DONE, 0.0, raises) for n in range(runs))
    if chance.random() < 0.8:
        last = (ProcessPlan(tuple(range(runs)), How.DONE, 0.0, raises),)
    return (*disturbed, last)


def _round(chance: Random, runs: int, number: int) -> tuple[ProcessPlan, ...]:
    return tuple(_process(chance, runs, number) for _ in range(chance.choice((1, 1, 1, 2, 3))))


def _process(chance: Random, runs: int, number: int) -> ProcessPlan:
    how = chance.choice(tuple(How))
    after = {
        How.DONE: 0.0,
        How.KILLED_ASKING: float(chance.randint(1, 25)),
        How.KILLED: chance.uniform(5, 250),
        How.LEFT: float(chance.randint(0, 8)),
    }.get(how, chance.uniform(0, 6))
    chosen = chance.sample(range(runs), chance.randint(1, runs))
    return ProcessPlan(tuple(chosen), how, after, raises=number * chance.choice((0, 1)))
