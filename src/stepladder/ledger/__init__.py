"""The append-only record of money and answers, from which a run resumes."""

from stepladder.ledger.database import connect
from stepladder.ledger.ledger import Intent, Ledger, RunStart, Settlement, open_ledger
from stepladder.ledger.read import Decided, Explained, Spent, StoredFit, explain, known_ids, runs

__all__ = [
    "Decided",
    "Explained",
    "Intent",
    "Ledger",
    "RunStart",
    "Settlement",
    "Spent",
    "StoredFit",
    "connect",
    "explain",
    "known_ids",
    "open_ledger",
    "runs",
]
