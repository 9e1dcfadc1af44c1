"""Schema 2: rows are numbered by the start that wrote them, and name no run any more.

Only SQLite ledgers were ever of schema 1.
"""

from __future__ import annotations

from sqlalchemy import Connection

STRIDE = 2**32
TABLES = {
    "reservation": """
        id INTEGER NOT NULL PRIMARY KEY, candidate VARCHAR NOT NULL, question VARCHAR NOT NULL,
        usd_pico BIGINT NOT NULL, wages_pico BIGINT NOT NULL, at DATETIME NOT NULL""",
    "attempt": """
        id INTEGER NOT NULL PRIMARY KEY, reservation BIGINT NOT NULL, candidate VARCHAR NOT NULL,
        question VARCHAR NOT NULL, annotator VARCHAR NOT NULL, vote_key VARCHAR NOT NULL,
        wage BOOLEAN NOT NULL, quote_pico BIGINT NOT NULL, price VARCHAR NOT NULL,
        at DATETIME NOT NULL""",
    "settlement": """
        attempt INTEGER NOT NULL PRIMARY KEY, wage BOOLEAN NOT NULL, outcome VARCHAR NOT NULL,
        cost_pico BIGINT NOT NULL, input INTEGER NOT NULL, cached_input INTEGER NOT NULL,
        cache_write INTEGER NOT NULL, output INTEGER NOT NULL, reasoning INTEGER NOT NULL,
        seconds FLOAT NOT NULL, detail VARCHAR NOT NULL, at DATETIME NOT NULL""",
    "vote": """
        id INTEGER NOT NULL PRIMARY KEY, candidate VARCHAR NOT NULL, question VARCHAR NOT NULL,
        annotator VARCHAR NOT NULL, "key" VARCHAR NOT NULL, label VARCHAR, reason VARCHAR,
        detail VARCHAR NOT NULL, source VARCHAR NOT NULL, confidence VARCHAR NOT NULL,
        usage VARCHAR NOT NULL, cost_pico BIGINT NOT NULL, model VARCHAR NOT NULL,
        text VARCHAR NOT NULL, variant VARCHAR NOT NULL, sample INTEGER NOT NULL,
        seconds FLOAT NOT NULL, at DATETIME NOT NULL""",
    "fit": """
        id INTEGER NOT NULL PRIMARY KEY, "key" VARCHAR NOT NULL, body VARCHAR NOT NULL,
        rows VARCHAR NOT NULL, at DATETIME NOT NULL""",
    "decision": """
        id INTEGER NOT NULL PRIMARY KEY, candidate VARCHAR NOT NULL, question VARCHAR NOT NULL,
        basis VARCHAR NOT NULL, status VARCHAR NOT NULL, label VARCHAR, probability FLOAT,
        posterior VARCHAR, calibrated BOOLEAN NOT NULL, route VARCHAR NOT NULL,
        cost_pico BIGINT NOT NULL, usage VARCHAR NOT NULL, reason VARCHAR NOT NULL,
        at DATETIME NOT NULL""",
}
COUNTED = frozenset({"vote", "fit", "decision"})
"""Tables whose rows were numbered one after the other, whoever wrote them."""
# The run's last start that began before the row was written.
NEW_NUMBER = f"""
    (SELECT coalesce(max(run.id) FILTER (WHERE run.at <= old.at), min(run.id)) * {STRIDE}
     FROM run WHERE run.name = old.run) + old.id"""  # noqa: S608 - only a number of ours
INDEXES = (
    "CREATE INDEX vote_of_candidate ON vote (candidate, question)",
    "CREATE INDEX decision_of_candidate ON decision (candidate, question)",
    'CREATE INDEX ix_fit_key ON fit ("key")',
)
LEASE = (
    "ALTER TABLE run ADD COLUMN shared VARCHAR DEFAULT '' NOT NULL",
    """CREATE TABLE lease (
        id INTEGER NOT NULL PRIMARY KEY, budget VARCHAR NOT NULL, start INTEGER NOT NULL,
        usd_pico BIGINT NOT NULL, wages_pico BIGINT NOT NULL, closing BOOLEAN NOT NULL,
        at DATETIME NOT NULL)""",
    "CREATE INDEX ix_lease_budget ON lease (budget)",
    "CREATE INDEX ix_lease_start ON lease (start)",
)


def number_rows(connection: Connection) -> None:
    """Copy every table of schema 1 into its successor, and add the table of leases."""
    for name in ("vote_of_candidate", "decision_of_candidate", "ix_fit_key"):
        connection.exec_driver_sql(f"DROP INDEX {name}")
    for table, definition in TABLES.items():
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO old")
        connection.exec_driver_sql(f"CREATE TABLE {table} ({definition})")
        _copy(connection, table)
        connection.exec_driver_sql("DROP TABLE old")
    for statement in (*INDEXES, *LEASE):
        connection.exec_driver_sql(statement)


def _copy(connection: Connection, table: str) -> None:
    found = connection.exec_driver_sql(f"PRAGMA table_info({table})")
    first, *others = (f'"{column.name}"' for column in found)
    number = NEW_NUMBER if table in COUNTED else first
    into, taken = ", ".join((first, *others)), ", ".join((number, *others))
    connection.exec_driver_sql(
        f"INSERT INTO {table} ({into}) SELECT {taken} FROM old"  # noqa: S608 - our own names
    )
