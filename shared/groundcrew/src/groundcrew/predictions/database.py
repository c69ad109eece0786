"""Connections to the prediction store: open it, write rows, run a transaction, report errors."""

import contextlib
import sqlite3
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import UTC
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sql
from sqlalchemy import event
from sqlalchemy import exc

from groundcrew.errors import UserError
from groundcrew.errors import WouldWait
from groundcrew.errors import must_not_wait
from groundcrew.predictions import schema
from groundcrew.predictions import sqlite
from groundcrew.predictions.address import address
from groundcrew.predictions.address import file_of
from groundcrew.predictions.address import shown

PROBE = """
INSERT INTO alive (name, at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at
"""
# A server that does not answer must not block a request for good; tcp_user_timeout is in ms.
CONNECT = {
    "pysqlite": {"timeout": sqlite.TIMEOUT},
    "psycopg": {"connect_timeout": 5, "tcp_user_timeout": 10_000, "options": "-c lock_timeout=5s"},
}
# The database works, and the values cannot be stored.
VALUE_ERRORS = (exc.DataError, sqlite3.DataError, UnicodeError)


class InvalidValue(UserError):
    """A value cannot be stored; the database itself works."""


def append(insert: str, rows: Iterable[Sequence]) -> None:
    """Write rows in one transaction; `insert` has one ? a value. Raises UserError if it fails.

    Raises WouldWait in a block of `at_once` if it cannot be done at once.
    """
    url = address()
    with _engine(url) as engine:
        if file := file_of(url):
            sqlite.append(file, insert, rows)
        elif values := [tuple(None if value != value else value for value in row) for row in rows]:
            with engine.begin() as connection:
                write(connection, insert, values)


def write(connection: sql.Connection, insert: str, rows: Sequence[tuple]) -> None:
    """Write rows in a transaction; `insert` has one ? a value. SQLAlchemy's own way is slow."""
    connection.exec_driver_sql(insert if file_of(address()) else insert.replace("?", "%s"), rows)


@contextlib.contextmanager
def transaction() -> Iterator[sql.Connection]:
    """A connection that commits at the end of the block, or rolls back; raises UserError."""
    with _engine(address()) as engine, engine.begin() as connection:
        yield connection


def probe() -> None:
    """Write a row, to find out whether the store can be written; raises UserError if not."""
    append(PROBE, [("it", timestamp(datetime.now(UTC)))])


def timestamp(at: datetime) -> str:
    """A time in UTC with milliseconds; a time without a zone is taken for UTC."""
    if at.tzinfo is not UTC:
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at.isoformat(timespec="milliseconds")


@contextlib.contextmanager
def _engine(url: str) -> Iterator[sql.Engine]:
    try:
        if (file := file_of(url)) and not file.exists():
            # An open connection would keep writing to the deleted file.
            forget()
        if must_not_wait() and not engine_of.cache_info().currsize:
            raise WouldWait
        yield engine_of(url)
    except (exc.SQLAlchemyError, sqlite3.Error, OSError, UnicodeError) as problem:
        raise _user_error(problem, url) from None


def _user_error(problem: Exception, url: str) -> UserError:
    reason = str(getattr(problem, "orig", problem)).strip().replace("\n", " ")
    if isinstance(problem, VALUE_ERRORS):
        why = f"the prediction store cannot hold what it is given ({reason})"
        return InvalidValue(f"{why}: remove that value")
    forget()
    server = "see that the database runs and accepts connections"
    busy = "end the process that writes to it for so long" if "locked" in reason else ""
    remedy = (busy or "check its disk") if file_of(url) else server
    return UserError(f"cannot use the prediction store {shown(url)} ({reason}): {remedy}")


def forget() -> None:
    """Drop open connections; the next access opens the store again."""
    engine_of.cache_clear()
    sqlite.writer.cache_clear()


@lru_cache(maxsize=1)
def engine_of(url: str) -> sql.Engine:
    """The engine of a URL, with all tables created."""
    driver = sql.make_url(url).get_driver_name()
    engine = sql.create_engine(url, connect_args=CONNECT[driver])
    if file := file_of(url):
        file.parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", lambda connection, _: sqlite.prepare(connection))
    with engine.begin() as connection:
        schema.create(connection, url)
    return engine
