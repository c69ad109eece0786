"""Every answer is written down before it is given, so that its landing can be held against it."""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd

from flighttime import environment
from flighttime.errors import Refused
from flighttime.features import FEATURES

NOTED = ["prediction_id", "flight_id", *FEATURES, "minutes", "model"]
CREATE = f"""
CREATE TABLE IF NOT EXISTS predictions ({", ".join(NOTED)}, answered_at);
CREATE INDEX IF NOT EXISTS by_flight ON predictions (flight_id);
"""
INSERT = f"""
INSERT INTO predictions ({", ".join(NOTED)}, answered_at)
VALUES ({"?, " * len(NOTED)}strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
"""
READ = "SELECT * FROM predictions WHERE flight_id >= ? AND flight_id < ? ORDER BY flight_id, rowid"
ONE_AT_A_TIME = threading.Lock()


def record(answers: Iterable[Sequence]) -> None:
    """Write answers down, each in the order of NOTED; what this returns from is not lost if the process dies.

    Raises Refused if it cannot: an answer that nobody can check is not given.
    """
    with database() as connection, connection:
        # SQLite keeps NaN as NULL.
        connection.executemany(INSERT, answers)


def read(first: date, last: date) -> pd.DataFrame:
    """The last answer given for each flight of these days: names of flights begin with their day."""
    with database() as connection:
        answers = pd.read_sql_query(READ, connection, params=[f"{first}", f"{last} ~"])
    return answers.drop_duplicates("flight_id", keep="last", ignore_index=True)


@contextlib.contextmanager
def database() -> Iterator[sqlite3.Connection]:
    try:
        with ONE_AT_A_TIME:
            path = place()
            if not path.exists():
                # Else an open connection would go on writing to a file that nobody can find any more.
                opened.cache_clear()
            yield opened(path)
    except (sqlite3.Error, OSError) as problem:
        opened.cache_clear()
        raise Refused(f"cannot use the record of answers {place()} ({problem}): see to the disk it is on") from None


@lru_cache(maxsize=1)
def opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=30, check_same_thread=False)
    # Readers and the writer do not wait for each other, and a commit outlives the process.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    # What many commits changed on one page goes to its place once, and the disk is waited for less often.
    connection.execute("PRAGMA wal_autocheckpoint = 10000")
    connection.executescript(CREATE)
    return connection


def place() -> Path:
    return place_among(os.environ.get("FLIGHTTIME_RUNS"), os.environ.get("FLIGHTTIME_ENVIRONMENT"))


@lru_cache(maxsize=1)
def place_among(runs: str | None, environment_of_process: str | None) -> Path:
    """Looked up once: to resolve a path takes as long as to write an answer down."""
    return environment.place(environment.current()) / "observed.db"
