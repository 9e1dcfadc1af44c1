"""Who may be asked on a policy's tiers about a candidate: worked out once, not for each."""

from __future__ import annotations

from dataclasses import dataclass

from stepladder.policy import Policy


@dataclass(frozen=True, slots=True)
class Ladder:
    """The tiers as candidates of one kind see them."""

    asked: tuple[tuple[str, ...], ...]
    """By tier, the annotators that may see such a candidate."""
    reachable: tuple[int, ...]
    """The tiers in which there is one, by number, cheapest first."""

    @classmethod
    def of(cls, policy: Policy, *, local_only: bool) -> Ladder:
        """For candidates that must stay on the user's machines, or for the others."""
        asked = tuple(
            tuple(n for n in tier.ask if policy.annotators[n].local or not local_only)
            for tier in policy.tiers
        )
        return cls(asked, tuple(number for number, names in enumerate(asked) if names))
