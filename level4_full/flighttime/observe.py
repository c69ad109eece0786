"""Every answer is written down before it is given, so that its landing can be held against it."""

import contextlib
import sqlite3
import uuid
from collections.abc import Iterator
from datetime import UTC
from datetime import date
from datetime import datetime
from pathlib import Path

import pandas as pd

from flighttime import settings
from flighttime.features import FEATURES

COLUMNS = ["prediction_id", "answered_at", "flight_id", *FEATURES, "minutes", "model"]
CREATE = f"""
CREATE TABLE IF NOT EXISTS predictions ({", ".join(COLUMNS)}, PRIMARY KEY (prediction_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_flight ON predictions (flight_id);
"""
INSERT = f"INSERT INTO predictions VALUES ({', '.join('?' * len(COLUMNS))})"
READ = "SELECT * FROM predictions WHERE flight_id >= ? AND flight_id < ? ORDER BY flight_id, answered_at"


def record(scored: pd.DataFrame) -> list[str]:
    """Write answers down and return their prediction ids; what this returns is not lost if the process dies."""
    ids = [uuid.uuid4().hex for _ in range(len(scored))]
    noted = scored.assign(prediction_id=ids, answered_at=datetime.now(UTC).isoformat())
    rows = noted[COLUMNS].astype(object).where(noted[COLUMNS].notna(), None)
    with database() as connection, connection:
        connection.executemany(INSERT, rows.itertuples(index=False, name=None))
    return ids


def read(first: date, last: date) -> pd.DataFrame:
    """The last answer given for each flight of these days: names of flights begin with their day."""
    with database() as connection:
        answers = pd.read_sql_query(READ, connection, params=[f"{first}", f"{last} ~"])
    return answers.drop_duplicates("flight_id", keep="last", ignore_index=True)


@contextlib.contextmanager
def database() -> Iterator[sqlite3.Connection]:
    place().parent.mkdir(parents=True, exist_ok=True)
    new = not place().exists()
    connection = sqlite3.connect(place(), timeout=30)
    try:
        if new:
            # Readers and the writer do not wait for each other, and a commit outlives the process.
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(CREATE)
        yield connection
    finally:
        connection.close()


def place() -> Path:
    return settings.runs() / "observed.db"
