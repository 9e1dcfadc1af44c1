"""Schema 3: what a look through the candidates found has a table of its own."""

from __future__ import annotations

from sqlalchemy import Connection

NUMBERS = {"sqlite": "INTEGER", "postgresql": "BIGINT"}
INSTANTS = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITHOUT TIME ZONE"}


def add_intakes(connection: Connection) -> None:
    """Add the table; what schema 2 kept among the fits is found out anew."""
    kind = connection.dialect.name
    connection.exec_driver_sql(
        f"""CREATE TABLE intake (
        id {NUMBERS[kind]} NOT NULL PRIMARY KEY, "key" VARCHAR NOT NULL, body VARCHAR NOT NULL,
        at {INSTANTS[kind]} NOT NULL)"""
    )
    connection.exec_driver_sql('CREATE INDEX ix_intake_key ON intake ("key")')
