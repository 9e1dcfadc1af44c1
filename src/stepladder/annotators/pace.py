"""How fast a provider may be asked, learnt from what it refuses: a value, without a clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cbrt, inf

WEIGHT = 0.05
"""Of the last reply, in the share of refusals of late."""
HEAVY = 0.35
"""Share of refusals of late from which the pace is halved: nine in a row, or one in three."""
FEW = 0.12
"""Share of refusals of late below which a rate that was a guess goes on growing."""
HALVED = 0.5
TRIMMED = 0.95
"""What a cut leaves of the pace that was measured."""
TRIMS_APART = 2.0
"""Seconds between two small cuts, so that the first one's effect is seen."""
LOWEST_TRIM = 0.7
HIGHEST_TRIAL = 4.0
"""Shares of the best pace: what is still refused now and then at the lower one is refused at
any pace, so that few refusals are overlooked until the higher one is reached."""
EPOCH = 5.0
"""Seconds over which the pace is measured."""
GROWTH = 0.2
"""Requests per second by which each answer raises a rate that no refusal has bounded yet."""
BACK_AFTER = 10.0
"""Seconds from a small cut until the pace is where it was refused, to try a little more."""
SLOWEST = 1 / 60
"""Requests per second: the pace never falls below one a minute."""
CATCH_UP = 0.1
"""Seconds by which requests that were late may be made up for at once."""
PAUSE = 0.5
"""Seconds without any request after a halving, unless the provider names a time itself."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Requests per second that a provider bears; as many as one likes until it first refuses.

    The first refusal cuts the rate to a guess, from which it grows as in TCP's slow start.
    Each later one cuts it to a little less than the answers that were measured. From
    there it comes back as in CUBIC (Ha, Rhee and Xu, 2008): soon to near the rate that was
    refused, slowly past it, and then faster and faster.
    """

    rate: float = inf
    """Requests per second; infinite while nothing was refused."""
    next_at: float = -inf
    """Seconds on the caller's clock from which the next request may leave."""
    cut_at: float = -inf
    """When the rate was cut last."""
    refused_rate: float = inf
    """What was measured then: probably all that the provider bears. Infinite after a guess."""
    left: float = 1.0
    """Share of it that the cut left."""
    best: float = 0.0
    """The highest measured rate since the last halving."""
    overlooks_below: float = 0.0
    """The rate below which few refusals change nothing."""
    began: float = 0.0
    """When measuring began."""
    accepted: int = 0
    """Answers since then."""
    before: float = 0.0
    """Answers per second in the epoch before."""
    refusals: float = 0.0
    """Share of refusals of late, 0 to 1."""

    @property
    def unlimited(self) -> bool:
        """Whether nothing was refused yet."""
        return self.rate == inf

    def take(self, now: float) -> Pace:
        """After a request left at `now`, which is not before `next_at`."""
        return replace(self, next_at=max(self.next_at, now - CATCH_UP) + 1 / self.rate)

    def answered(self, now: float) -> Pace:
        """After a request was not refused."""
        refusals = self.refusals * (1 - WEIGHT)
        rate = self._grown(now)
        if now - self.began > EPOCH:
            before = self.measured(now)
            return replace(self, rate=rate, refusals=refusals, began=now, accepted=1, before=before)
        return replace(self, rate=rate, refusals=refusals, accepted=self.accepted + 1)

    def refused(self, now: float, sent: float, wait: float | None) -> Pace:
        """After a request that left at `sent` was refused; `wait` is what the provider asks for.

        Requests that left before the last cut say nothing about the rate since.
        """
        if sent < self.cut_at:
            return self
        refusals = self.refusals + WEIGHT * (1 - self.refusals)
        measured = min(self.rate, self.measured(now))
        if refusals >= HEAVY:
            pause = PAUSE if wait is None else wait
            # One that refuses most, or all for a while, must not bring it to a stop at once.
            borne = max(measured, self.rate * HALVED) if self.accepted else self.rate
            return self._cut(now, borne, HALVED, pause)
        if self._overlooks(now, refusals):
            return replace(self, refusals=refusals)
        best = max(self.best, measured)
        if measured * TRIMMED < best * LOWEST_TRIM:
            trial = HIGHEST_TRIAL * best
            return replace(self, refusals=refusals, overlooks_below=trial, best=0.0)
        return replace(self._cut(now, measured, TRIMMED, 0.0), refusals=refusals, best=best)

    def _overlooks(self, now: float, refusals: float) -> bool:
        """Whether so few refusals change nothing yet."""
        if self.unlimited:
            return False
        if now - self.cut_at < TRIMS_APART or not self.accepted:
            return True
        guessed = self.refused_rate == inf
        return refusals < FEW if guessed else self.rate < self.overlooks_below

    def measured(self, now: float) -> float:
        """Answers per second of late."""
        seconds = now - self.began
        return self.accepted / seconds if seconds >= 1 else self.before

    def _cut(self, now: float, measured: float, left: float, pause: float) -> Pace:
        rate, again = max(SLOWEST, measured * left), now + pause
        borne = inf if self.unlimited else max(rate, measured)
        if not self.accepted and self.refused_rate < inf:
            # Nothing at all is let through: that says nothing about how much was before.
            borne = max(borne, self.refused_rate)
        return Pace(
            rate=rate,
            next_at=max(self.next_at, again),
            cut_at=again,
            refused_rate=borne,
            left=rate / borne,
            began=again,
            before=rate,
        )

    def _grown(self, now: float) -> float:
        if self.refused_rate == inf or self.rate < self.overlooks_below:
            return min(max(self.rate, 2 * self.measured(now)), self.rate + GROWTH)
        steepness = (1 - TRIMMED) / BACK_AFTER**3
        # The time to come back is what makes the curve begin at what the cut left.
        back = cbrt((1 - self.left) / steepness)
        curve = 1 + steepness * (now - self.cut_at - back) ** 3
        # Twice what was used is enough: a pace that nobody tries says nothing.
        most = max(self.rate, 2 * self.measured(now))
        return min(most, max(self.rate, self.refused_rate * curve))
