"""Several runs on one ledger, each with its account, and what was really charged meanwhile."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile

from stepladder.engine.account import Account, Hold, Offer, Wall
from stepladder.engine.lending import Lending
from stepladder.ledger import Intent, Ledger, Money, RunStart, Settlement, open_ledger
from stepladder.types import NOTHING, UNUSED, CandidateKey, Usd

OWN, POT, WAGES = Usd(100), Usd(160), Usd(40)
"""The budget of a run of its own, the one that runs share, and the wages of either."""
KEY = CandidateKey("c", "label")
TAKEN = """
    SELECT run.name, run.shared <> '', a.wage, sum(coalesce(s.cost_pico, a.quote_pico))
    FROM attempt a JOIN run ON run.id = a.id >> 32
    LEFT JOIN settlement s ON s.attempt = a.id GROUP BY 1, 2, 3"""
LEASED = "SELECT coalesce(sum(usd_pico), 0), coalesce(sum(wages_pico), 0) FROM lease"


@dataclass(frozen=True)
class Purse:
    """Whose money, and of which wall."""

    run: str
    wage: bool


@dataclass
class Attempt:
    """One that is out."""

    number: int
    quote: Usd
    wage: bool
    charged: Usd
    """What the provider wants for it, whether or not anybody hears of it."""


@dataclass
class Claimed:
    """A hold with its reservation, and what is asked on it."""

    hold: Hold
    number: int
    out: list[Attempt] = field(default_factory=list)


@dataclass
class Session:
    """One start of a run."""

    name: str
    ledger: Ledger
    account: Account
    claims: list[Claimed] = field(default_factory=list)


@dataclass
class Books:
    """A ledger's folder, the sessions that work on it, and the provider's own books."""

    folder: Path
    sessions: dict[str, Session] = field(default_factory=dict)
    charged: Counter[Purse] = field(default_factory=Counter)
    _dead: list[Ledger] = field(default_factory=list)
    _crashes: int = 0

    def open(self, name: str, *, shared: bool) -> None:
        """A start of a run, as the engine begins one."""
        budget = POT if shared else OWN
        start = RunStart(
            *(name, "task", '["yes"]', "t", "p", "{}", 0, budget, WAGES, "0"),
            shared="pot" if shared else "",
        )
        ledger = open_ledger(f"sqlite:///{self._path}", start)
        usd, wages = Wall(budget, ledger.spent.usd), Wall(WAGES, ledger.spent.wages)
        lender = None
        if shared:
            lender = Lending(ledger, Money(budget, WAGES))
            usd.limit, wages.limit = usd.spent, wages.spent
        self.sessions[name] = Session(name, ledger, Account(usd, wages, lender))

    async def reserve(self, session: Session, offers: list[Offer]) -> None:
        """A hold, if there is one without waiting; nobody waits for money that nobody holds."""
        waiting = asyncio.ensure_future(session.account.reserve(offers))
        held = bool(session.claims)
        await asyncio.wait({waiting}, timeout=0.02 if held else 20)
        if not waiting.done():
            waiting.cancel()
            await asyncio.wait({waiting})
            assert held, "waits for money that nobody can give back"
            return
        hold = waiting.result()
        if hold is not None:
            number = session.ledger.reserve(KEY, hold.usd, hold.wages)
            session.claims.append(Claimed(hold, number))

    async def ask(self, session: Session, claim: Claimed, quote: Usd, charged: Usd) -> None:
        """One attempt goes out, and is charged for at once."""
        wage = not claim.hold.usd
        quote = min(quote, claim.hold.wages if wage else claim.hold.usd)
        quote -= sum((a.quote for a in claim.out if a.wage is wage), NOTHING)
        if quote <= NOTHING:
            return
        intent = Intent(claim.number, KEY, "annotator", "k", wage, quote, "price")
        number = await session.ledger.intend(intent)
        attempt = Attempt(number, quote, wage, min(charged, quote))
        claim.out.append(attempt)
        self.charged[Purse(session.name, wage)] += attempt.charged.pico

    def settle(self, session: Session, claim: Claimed, *, known: bool) -> None:
        """The oldest attempt ends: at what was charged, or at its quote when nobody knows."""
        attempt = claim.out.pop(0)
        cost = attempt.charged if known else attempt.quote
        session.account.settle(claim.hold, attempt.quote, cost, wage=attempt.wage)
        outcome = "answered" if known else "unknown"
        settlement = Settlement(attempt.number, attempt.wage, outcome, cost, UNUSED, 0.1)
        session.ledger.settle(settlement, KEY)

    async def close(self, session: Session) -> None:
        """Its end in good order; attempts that are out were given up."""
        for claim in session.claims:
            while claim.out:
                self.settle(session, claim, known=False)
            session.account.release(claim.hold)
        await session.ledger.flush()
        session.ledger.close()
        del self.sessions[session.name]

    def crash(self) -> None:
        """The power goes: what is on the disk stays, everything else is forgotten."""
        old = self._path
        self._crashes += 1
        for suffix in ("", "-wal"):
            left = old.with_name(old.name + suffix)
            if left.exists():
                copyfile(left, self._path.with_name(self._path.name + suffix))
        self._dead += [session.ledger for session in self.sessions.values()]
        self.sessions.clear()

    def end(self) -> None:
        """Let go of all files."""
        for ledger in (*self._dead, *(session.ledger for session in self.sessions.values())):
            ledger.close()

    def wrong(self) -> Iterator[str]:
        """What may never be."""
        for session in self.sessions.values():
            for wall in (session.account.usd, session.account.wages):
                if wall.held < NOTHING or wall.spent + wall.held > wall.limit:
                    yield f"{session.name}: {wall}"
        if self._path.exists():
            yield from self._wrong_on_disk()

    def _wrong_on_disk(self) -> Iterator[str]:
        with closing(sqlite3.connect(self._path)) as connection:
            taken = connection.execute(TAKEN).fetchall()
            ((usd, wages),) = connection.execute(LEASED)
        known: Counter[Purse] = Counter()
        pots = Counter[bool]()
        for name, shared, wage, pico in taken:
            known[Purse(name, bool(wage))] = pico
            pots[bool(wage)] += pico if shared else 0
            if not shared and pico > (WAGES if wage else OWN).pico:
                yield f"{name}: {pico} taken"
        if max(pots[False], usd) > POT.pico or max(pots[True], wages) > WAGES.pico:
            yield f"shared: {pots} taken, {usd} and {wages} leased"
        for purse, charged in self.charged.items():
            if known[purse] < charged:
                yield f"{purse}: charged {charged}, known {known[purse]}"

    @property
    def _path(self) -> Path:
        return self.folder / f"ledger{self._crashes}.db"
