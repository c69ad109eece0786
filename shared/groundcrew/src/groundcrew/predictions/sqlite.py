"""How SQLite is used: readers do not block the writer, and a commit survives kill -9."""

import sqlite3
import time

TIMEOUT = 30  # seconds


def prepare(connection: sqlite3.Connection) -> None:
    """Set up a new connection."""
    # Write-ahead log: readers and the writer do not wait for each other.
    execute_when_free(connection, "PRAGMA journal_mode = WAL")
    # A commit survives the end of the process without waiting for the disk at each one.
    connection.execute("PRAGMA synchronous = NORMAL")
    # Fewer checkpoints: a page that many commits changed is copied, and the disk awaited, once.
    connection.execute("PRAGMA wal_autocheckpoint = 10000")


def execute_when_free(connection: sqlite3.Connection, statement: str) -> None:
    """Retry a statement that SQLite's own timeout does not cover when two processes start."""
    deadline = time.monotonic() + TIMEOUT
    while True:
        try:
            connection.execute(statement)
            return
        except sqlite3.OperationalError as problem:
            busy = problem.sqlite_errorcode == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
        time.sleep(0.01)
