"""What a database's refusal becomes: one line that says what to do."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from stepladder.errors import LedgerError


def cannot(do: str, problem: Exception) -> LedgerError:
    """The error to raise when the ledger cannot do something, such as "be written"."""
    if isinstance(problem, DBAPIError):
        return LedgerError(
            f"the ledger cannot {do}: {problem.orig}; free space or mend the file, "
            "then give the same command again"
        )
    kind = type(problem).__name__
    return LedgerError(f"the ledger cannot {do}: an entry does not fit ({kind}: {problem})")
