"""What a database's refusal becomes: one line that says what to do."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from stepladder.errors import LedgerError

DRIVERS = frozenset({"sqlite3", "psycopg"})
"""The packages whose errors are a database's own words."""


def first_line(problem: BaseException | None) -> str:
    """What a database says went wrong, without its hints and excerpts."""
    return str(problem).strip().partition("\n")[0]


def cannot(do: str, problem: Exception) -> LedgerError:
    """The error to raise when the ledger cannot do something, such as "be written"."""
    cause = problem.orig if isinstance(problem, DBAPIError) else problem
    if type(cause).__module__.partition(".")[0] in DRIVERS:
        return LedgerError(
            f"the ledger cannot {do}: {first_line(cause)}; free space or mend the {_where(cause)}, "
            "then give the same command again"
        )
    kind = type(problem).__name__
    return LedgerError(f"the ledger cannot {do}: an entry does not fit ({kind}: {problem})")


def _where(cause: BaseException | None) -> str:
    return "file" if type(cause).__module__.startswith("sqlite3") else "database"
