"""Giving gold to one drawn candidate after the other: answer, skip, take back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from stepladder.digest import digest
from stepladder.engine.gold_draw import Asked, Deck, Entries
from stepladder.ledger import GoldEntry, Origin
from stepladder.types import Candidate, CandidateKey

Keep = Callable[[Sequence[GoldEntry]], None]
"""Makes entries durable before it returns."""
Look = Callable[[], Entries]
"""Reads what everybody has answered by now."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A step of the past: a label was given."""

    asked: Asked


@dataclass(frozen=True, slots=True)
class Skipped:
    """A step of the past: it was left for later."""

    asked: Asked


class GoldSession:
    """What waits, what is answered, and how to go back; every answer is kept at once."""

    def __init__(self, deck: Deck, keep: Keep, look: Look, name: str = "") -> None:
        """Sessions of different names begin at different candidates, to meet late."""
        self._keep = keep
        self._look = look
        self._total = len(deck.asked)
        self._waiting = deque(asked for asked in deck.asked if asked.entry.label is None)
        if name and self._waiting:
            self._waiting.rotate(int(digest(name), 16) % len(self._waiting))
        by_key = {asked.candidate.key: asked for asked in deck.asked}
        given = ((asked.candidate.key, asked.entry.label) for asked in deck.asked)
        self._labels = {key: label for key, label in given if label is not None}
        self._past: list[Answered | Skipped] = [Answered(by_key[key]) for key in deck.history]

    def next(self) -> Candidate | None:
        """The candidate to ask about, none that another session answered; None for no more."""
        entries = self._look() if self._waiting else {}
        while self._waiting:
            asked = self._waiting[0]
            now = entries.get(asked.candidate.key)
            if now is None or now.label is None or now.seen != asked.entry.seen:
                return asked.candidate
            self._labels[asked.candidate.key] = now.label
            self._waiting.popleft()
        return None

    @property
    def total(self) -> int:
        """How many were drawn."""
        return self._total

    @property
    def labels(self) -> Mapping[CandidateKey, str]:
        """The answers so far."""
        return self._labels

    def answer(self, label: str) -> None:
        """Give the current candidate a label; raises LedgerError when it cannot be kept."""
        asked = self._waiting[0]
        self._keep([replace(asked.entry, label=label, origin=Origin.TERMINAL)])
        self._labels[asked.candidate.key] = label
        self._past.append(Answered(self._waiting.popleft()))

    def skip(self) -> None:
        """Leave the current candidate for later: it comes again after all others."""
        self._past.append(Skipped(self._waiting[0]))
        self._waiting.rotate(-1)

    def undo(self) -> bool:
        """Go back to the candidate before, whose answer is withdrawn; whether there is one."""
        if not self._past:
            return False
        match self._past[-1]:
            case Answered(asked):
                self._keep([replace(asked.entry, label=None, origin=Origin.TERMINAL)])
                del self._labels[asked.candidate.key]
            case Skipped(asked):
                self._waiting.remove(asked)
        self._waiting.appendleft(asked)
        self._past.pop()
        return True
