"""The append-only record of money and answers, from which a run resumes."""

from stepladder.ledger.database import connect, ledger_file
from stepladder.ledger.entries import Intent, RunStart, Settlement
from stepladder.ledger.explained import Explained, explain, known_ids
from stepladder.ledger.gold_book import GoldBook, open_for_gold
from stepladder.ledger.gold_rows import GoldEntry, Origin
from stepladder.ledger.ledger import Ledger, open_ledger
from stepladder.ledger.mask import masked
from stepladder.ledger.money import Money
from stepladder.ledger.read import Decided, StoredFit, runs
from stepladder.ledger.standing import DecidedKey

__all__ = [
    "Decided",
    "DecidedKey",
    "Explained",
    "GoldBook",
    "GoldEntry",
    "Intent",
    "Ledger",
    "Money",
    "Origin",
    "RunStart",
    "Settlement",
    "StoredFit",
    "connect",
    "explain",
    "known_ids",
    "ledger_file",
    "masked",
    "open_for_gold",
    "open_ledger",
    "runs",
]
