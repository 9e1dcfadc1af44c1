"""Schema 4: candidates that were drawn to be given gold have a table of their own."""

from __future__ import annotations

from sqlalchemy import Connection

NUMBERS = {"sqlite": "INTEGER", "postgresql": "BIGINT"}
FLOATS = {"sqlite": "FLOAT", "postgresql": "DOUBLE PRECISION"}
INSTANTS = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITHOUT TIME ZONE"}


def add_gold(connection: Connection) -> None:
    """Add the table, with nothing in it."""
    kind = connection.dialect.name
    connection.exec_driver_sql(
        f"""CREATE TABLE gold (
        id {NUMBERS[kind]} NOT NULL PRIMARY KEY, candidate VARCHAR NOT NULL,
        question VARCHAR NOT NULL, label VARCHAR, probability {FLOATS[kind]} NOT NULL,
        stratum VARCHAR NOT NULL, grp VARCHAR NOT NULL, origin VARCHAR NOT NULL,
        draw VARCHAR NOT NULL, seed BIGINT NOT NULL, at {INSTANTS[kind]} NOT NULL)"""
    )
    connection.exec_driver_sql("CREATE INDEX gold_of_candidate ON gold (candidate, question)")


def add_seen(connection: Connection) -> None:
    """Schema 5: gold knows what it was given for; of older gold nobody noted it."""
    connection.exec_driver_sql("ALTER TABLE gold ADD COLUMN seen VARCHAR NOT NULL DEFAULT '{}'")
