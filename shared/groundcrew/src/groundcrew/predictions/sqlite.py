"""How SQLite is used: readers do not block the writer, and a commit survives kill -9."""

import sqlite3
import threading
import time
from collections.abc import Iterable
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from groundcrew.errors import WouldWait
from groundcrew.errors import must_not_wait

TIMEOUT = 30  # seconds
# A request waits no longer for another process that writes, as with PostgreSQL.
APPEND_TIMEOUT = 5
# One thread of this process writes at a time.
_write_lock = threading.Lock()


def append(file: Path, insert: str, rows: Iterable[Sequence]) -> None:
    """Write rows in one transaction, faster than SQLAlchemy; NaN becomes NULL.

    Raises WouldWait in a block of `at_once` while something else writes, sqlite3.Error if it fails.
    """
    seconds = 0 if must_not_wait() else APPEND_TIMEOUT
    if not _write_lock.acquire(timeout=seconds):
        raise WouldWait if seconds == 0 else sqlite3.OperationalError("database is locked")
    try:
        with writer(file, seconds) as connection:
            connection.executemany(insert, rows)
    except sqlite3.OperationalError as problem:
        if seconds == 0 and is_busy(problem):
            raise WouldWait from None
        raise
    finally:
        _write_lock.release()


@lru_cache(maxsize=2)
def writer(file: Path, seconds: float) -> sqlite3.Connection:
    """The one connection that appends to a file and waits so long for other processes."""
    connection = sqlite3.connect(file, check_same_thread=False, timeout=seconds)
    prepare(connection, seconds)
    return connection


def is_busy(problem: sqlite3.Error) -> bool:
    # The lowest byte; the others tell more.
    return getattr(problem, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def prepare(connection: sqlite3.Connection, seconds: float = TIMEOUT) -> None:
    """Set up a new connection."""
    # Write-ahead log: readers and the writer do not wait for each other.
    execute_when_free(connection, "PRAGMA journal_mode = WAL", seconds)
    # A commit survives the end of the process without waiting for the disk at each one.
    connection.execute("PRAGMA synchronous = NORMAL")
    # Fewer checkpoints: a page that many commits changed is copied, and the disk awaited, once.
    connection.execute("PRAGMA wal_autocheckpoint = 10000")


def execute_when_free(connection: sqlite3.Connection, statement: str, seconds: float) -> None:
    """Retry a statement that SQLite's own timeout does not cover when two processes start."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            connection.execute(statement)
            return
        except sqlite3.OperationalError as problem:
            if not is_busy(problem) or time.monotonic() > deadline:
                raise
        time.sleep(0.01)
