"""What a part of a run takes, summed candidate by candidate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from stepladder.engine.bounds import Bounds
from stepladder.engine.burden import Burden
from stepladder.engine.call import Call
from stepladder.engine.likely import LikelyUsage
from stepladder.engine.rates import Rate
from stepladder.engine.setup import Setup
from stepladder.engine.usage_sum import UsageSum
from stepladder.policy import ModelSpec, asked_as
from stepladder.task import Task
from stepladder.task.variants import variant
from stepladder.types import NOTHING, UNUSED, Candidate, Draw, Usage, Usd


class Load:
    """A burden that grows candidate by candidate."""

    def __init__(self, name: str, setup: Setup, bounds: Bounds, annotators: Iterable[str]) -> None:
        self._name = name
        self._bounds = bounds
        self._candidates = 0
        self._shares = {one: Share.of_all(one, setup) for one in annotators}
        self.wages = any(setup.rates[one].wage for one in self._shares)
        """Whether it is paid from the wages' wall."""

    def add(
        self, candidate: Candidate, names: Iterable[str], *, guess: bool, times: int = 1
    ) -> int:
        """Count a candidate in, put to these annotators; -1 times takes it out again.

        `guess` also guesses at its likely usage. The most it costs here comes back, in pico-USD.
        """
        self._candidates += times
        return self.put(candidate, names, guess=guess, times=times)

    def put(
        self, candidate: Candidate, names: Iterable[str], *, guess: bool, times: int = 1
    ) -> int:
        """As `add`, for a candidate that is nobody's: only its calls are counted."""
        most = 0
        for share in (share for name in names for share in self._shares[name]):
            bound = self._bounds.of(share.call, candidate)
            most += share.add(bound, times)
            if guess:
                share.guess(candidate, bound, times)
        return most

    def burden(self) -> Burden:
        """The sums so far."""
        shares = [share for shares in self._shares.values() for share in shares]
        return Burden(
            name=self._name,
            wages=self.wages,
            candidates=self._candidates,
            likely=sum((share.likely for share in shares), UNUSED),
            likely_usd=sum((share.rate.cost(share.likely) for share in shares), NOTHING),
            most=sum((share.bounds.times(share.attempts) for share in shares), UNUSED),
            most_usd=Usd(sum(share.most for share in shares)),
        )


class Share:
    """The part of a burden that is one annotator's, asked in one wording."""

    def __init__(
        self, call: Call, draws: int, rate: Rate, guesses: LikelyUsage, attempts: int
    ) -> None:
        self.call = call
        """The first call of that wording."""
        self._draws = draws
        """Calls about each candidate, all like that one."""
        self.rate = rate
        self.attempts = attempts
        """For each call, retries included."""
        self.most = 0
        """pico-USD."""
        self.bounds = UsageSum()
        """Of one attempt for each call."""
        self._guesses = guesses
        self._guessed = UsageSum()
        self._bounds_of_guessed = UsageSum()

    @classmethod
    def of_all(cls, name: str, setup: Setup) -> tuple[Share, ...]:
        """Nothing yet, of the annotator with this name: one for each wording it is asked in."""
        spec, rate = asked_as(setup.policy, name), setup.rates[name]
        attempts = 1 + spec.retries
        return tuple(
            cls(call, draws, rate, LikelyUsage(spec, rate, _worded(setup, call)), attempts)
            for call, draws in _alike(setup, name).items()
        )

    def add(self, bound: Usage, times: int) -> int:
        """Count a candidate in; the most it costs comes back, in pico-USD."""
        self.bounds.add(bound, times * self._draws)
        most = self.rate.quote(bound).pico * self.attempts * self._draws
        self.most += most * times
        return most

    def guess(self, candidate: Candidate, bound: Usage, times: int) -> None:
        """Guess at its likely usage too."""
        self._bounds_of_guessed.add(bound, times * self._draws)
        self._guessed.add(self._guesses.of(candidate, bound), times * self._draws)

    @property
    def likely(self) -> Usage:
        """One attempt for each call; those not guessed at are to their bounds as the others are."""
        return self._guessed.in_proportion(self.bounds, self._bounds_of_guessed)


def _alike(setup: Setup, name: str) -> dict[Call, int]:
    """The calls of one vote, those once that have the same bound, and how many these are."""
    calls = setup.calls[name]
    if not isinstance(setup.policy.annotators[name], ModelSpec):
        return dict.fromkeys(calls, 1)
    wordings = Counter(call.draw.variant for call in calls)
    return {Call(name, Draw(wording)): draws for wording, draws in wordings.items()}


def _worded(setup: Setup, call: Call) -> Task:
    """The task as the call puts it to a model; others see none of the prompt's wording."""
    if not isinstance(setup.policy.annotators[call.annotator], ModelSpec):
        return setup.task
    return variant(setup.task, call.draw.variant).task
