"""How soon a provider's limit per minute allows the next request: a value, without a clock."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket that holds one second's allowance, and at least one unit.

    So requests flow evenly, and in any 60 seconds at most the allowance and one
    bucketful pass. An amount larger than the bucket passes alone, when the
    bucket is full, and what follows waits until the bucket has made up for it:
    then at most the allowance and that amount pass in any 60 seconds.

    The bucket is kept as the time when it will be full, which makes it one
    number: the generic cell rate algorithm (ITU-T I.371).
    """

    per_minute: int
    """Units allowed in 60 seconds."""
    full_at: float
    """Seconds on the caller's clock when the bucket is full, if nothing is taken until then."""

    @property
    def capacity(self) -> float:
        """Units that may pass at once."""
        return max(1.0, self.per_minute / 60)

    def ready_at(self, amount: int) -> float:
        """Seconds on the caller's clock from which the amount may pass."""
        spare = self.capacity - min(float(amount), self.capacity)
        return self.full_at - self._seconds(spare)

    def take(self, amount: int, now: float) -> Bucket:
        """The bucket after the amount passed at `now`, which is not before `ready_at`."""
        return replace(self, full_at=max(self.full_at, now) + self._seconds(amount))

    def _seconds(self, amount: float) -> float:
        return amount * 60 / self.per_minute
