"""What a part of a run takes, summed candidate by candidate."""

from __future__ import annotations

from collections.abc import Iterable

from stepladder.engine.bounds import Bounds
from stepladder.engine.burden import Burden
from stepladder.engine.likely import LikelyUsage
from stepladder.engine.rates import Rate
from stepladder.engine.setup import Setup
from stepladder.engine.usage_sum import UsageSum
from stepladder.types import NOTHING, UNUSED, Candidate, Usage, Usd


class Load:
    """A burden that grows candidate by candidate."""

    def __init__(self, name: str, setup: Setup, bounds: Bounds, annotators: Iterable[str]) -> None:
        self._name = name
        self._bounds = bounds
        self._candidates = 0
        self._shares = {one: Share.of(one, setup) for one in annotators}
        self.wages = any(setup.rates[one].wage for one in self._shares)
        """Whether it is paid from the wages' wall."""

    def add(
        self, candidate: Candidate, names: Iterable[str], *, guess: bool, times: int = 1
    ) -> int:
        """Count a candidate in, put to these annotators; -1 times takes it out again.

        `guess` also guesses at its likely usage. The most it costs here comes back, in pico-USD.
        """
        self._candidates += times
        most = 0
        for name in names:
            bound = self._bounds.of(name, candidate)
            share = self._shares[name]
            most += share.add(bound, times)
            if guess:
                share.guess(candidate, bound, times)
        return most

    def burden(self) -> Burden:
        """The sums so far."""
        shares = self._shares.values()
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
    """One annotator's part of a burden."""

    def __init__(self, rate: Rate, guesses: LikelyUsage, attempts: int) -> None:
        self.rate = rate
        self.attempts = attempts
        """For each candidate, retries included."""
        self.most = 0
        """pico-USD."""
        self.bounds = UsageSum()
        """Of one attempt for each."""
        self._guesses = guesses
        self._guessed = UsageSum()
        self._bounds_of_guessed = UsageSum()

    @classmethod
    def of(cls, name: str, setup: Setup) -> Share:
        """Nothing yet, of the annotator with this name."""
        spec, rate = setup.policy.annotators[name], setup.rates[name]
        guesses = LikelyUsage(spec, rate, setup.task)
        return cls(rate, guesses, 1 + spec.retries)

    def add(self, bound: Usage, times: int) -> int:
        """Count a candidate in; the most it costs comes back, in pico-USD."""
        self.bounds.add(bound, times)
        most = self.rate.quote(bound).pico * self.attempts
        self.most += most * times
        return most

    def guess(self, candidate: Candidate, bound: Usage, times: int) -> None:
        """Guess at its likely usage too."""
        self._bounds_of_guessed.add(bound, times)
        self._guessed.add(self._guesses.of(candidate, bound), times)

    @property
    def likely(self) -> Usage:
        """One attempt for each; those not guessed at are as the others relate to their bounds."""
        return self._guessed.in_proportion(self.bounds, self._bounds_of_guessed)
