"""Production's own record: a file beside its models, or the database that FLIGHTTIME_OBSERVED names."""

import contextlib
import os
import re
import sqlite3
import threading
import time
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import UTC
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sql
from sqlalchemy import Table
from sqlalchemy.exc import DataError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateIndex
from sqlalchemy.schema import CreateTable

from flighttime import environment
from flighttime import holdings
from flighttime.errors import Refused

TOUCH = "INSERT INTO alive (name, at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at"
ONE_AT_A_TIME = threading.Lock()
# Seconds, and for a server that has fallen silent milliseconds: who asks for a flight is not to wait for good.
IMPATIENT = {"connect_timeout": 5, "tcp_user_timeout": 10_000, "options": "-c lock_timeout=5s"}
PATIENCE = {"pysqlite": {"timeout": 30}, "psycopg": IMPATIENT}  # by the driver that is here
# What drivers say where the database is well, and what it is given is not.
OF_WHAT_IS_GIVEN = (DataError, sqlite3.DataError, UnicodeError)


class Unfit(Refused):
    """What is to be written is at fault: the record is as it was, and keeps what others write."""


def append(insert: str, rows: Iterable[Sequence]) -> None:
    """Write rows in one transaction, for which `insert` has a ? a value; raises Refused if it cannot."""
    place = address()
    with reached(place) as engine:
        if file := file_of(place):
            # To go through SQLAlchemy costs more than to write. SQLite keeps NaN as NULL.
            with ONE_AT_A_TIME, writer(file) as connection:
                connection.executemany(insert, rows)
        elif known := [tuple(None if value != value else value for value in row) for row in rows]:
            with engine.begin() as connection:
                connection.exec_driver_sql(insert.replace("?", "%s"), known)


@contextlib.contextmanager
def transaction() -> Iterator[sql.Connection]:
    """A connection whose changes are all kept when the block ends, or none; raises Refused if it cannot be had."""
    with reached(address()) as engine, engine.begin() as connection:
        yield connection


def touch() -> None:
    """Try whether something can be written; raises Refused if not."""
    append(TOUCH, [("it", instant(datetime.now(UTC)))])


@contextlib.contextmanager
def reached(place: str) -> Iterator[sql.Engine]:
    try:
        if (file := file_of(place)) and not file.exists():
            # Else an open connection would go on writing to a file that nobody can find any more.
            forget()
        yield opened(place)
    except (SQLAlchemyError, sqlite3.Error, OSError, UnicodeError) as problem:
        why = str(getattr(problem, "orig", problem)).strip().replace("\n", " ")
        if isinstance(problem, OF_WHAT_IS_GIVEN):
            raise Unfit(f"the record of answers cannot hold what it is given ({why}): write it without that") from None
        forget()
        remedy = "see to the disk it is on" if file_of(place) else "see that the database runs and lets us in"
        raise Refused(f"cannot use the record of answers {shown(place)} ({why}): {remedy}") from None


def forget() -> None:
    """Open anew what is open, at the next look."""
    opened.cache_clear()
    writer.cache_clear()


@lru_cache(maxsize=1)
def opened(place: str) -> sql.Engine:
    engine = sql.create_engine(place, connect_args=PATIENCE[sql.make_url(place).get_driver_name()])
    if file := file_of(place):
        file.parent.mkdir(parents=True, exist_ok=True)
        sql.event.listen(engine, "connect", lambda connection, _: prepare(connection))
    with engine.begin() as connection:
        if file is None:
            # Two processes that made the tables at once would trip over each other.
            connection.execute(sql.text("SELECT pg_advisory_xact_lock(2013)"))
        for table in holdings.ALL.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
            require_columns(connection, table, place)
            for index in table.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))
    return engine


def require_columns(connection: sql.Connection, table: Table, place: str) -> None:
    there = {column["name"] for column in sql.inspect(connection).get_columns(table.name)}
    if missing := [name for name in table.columns.keys() if name not in there]:
        of = f"its table {table.name} has no {', '.join(missing)}"
        raise Refused(f"{shown(place)} is no record of answers, or one of another version: {of}: move it away, or name another")


def prepare(connection: sqlite3.Connection) -> None:
    # Readers and the writer do not wait for each other, and a commit outlives the process.
    insist(connection, "PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    # What many commits changed on one page goes to its place once, and the disk is waited for less often.
    connection.execute("PRAGMA wal_autocheckpoint = 10000")


def insist(connection: sqlite3.Connection, statement: str) -> None:
    """For what SQLite gives up at once where two processes begin together."""
    deadline = time.monotonic() + PATIENCE["pysqlite"]["timeout"]
    while True:
        try:
            connection.execute(statement)
            return
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


@lru_cache(maxsize=1)
def writer(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, check_same_thread=False, **PATIENCE["pysqlite"])
    prepare(connection)
    return connection


def instant(at: datetime) -> str:
    """A moment by the clock of UTC, as it is written down; one without a zone is taken for one of UTC."""
    if at.tzinfo is not UTC:
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at.isoformat(timespec="milliseconds")


def address() -> str:
    names = ("FLIGHTTIME_RUNS", "FLIGHTTIME_ENVIRONMENT", "FLIGHTTIME_OBSERVED")
    return address_among(*map(os.environ.get, names))


@lru_cache(maxsize=1)
def address_among(runs: str | None, environment_of_process: str | None, named: str | None) -> str:
    """Looked up once: to resolve a path takes as long as to write an answer down."""
    here = environment.current()
    # What is tried in staging is no answer of production, wherever production's are kept.
    if not named or here != environment.PRODUCTION:
        return f"sqlite:///{(environment.place(here) / 'observed.db').as_posix()}"
    if usable(named):
        return named
    example = "postgresql+psycopg://user@host/database"
    raise Refused(f"FLIGHTTIME_OBSERVED is {masked(named)!r}, no address of a database: write it like {example}, or unset it")


def usable(place: str) -> bool:
    """Whether it is the address of a file or a server, and for a driver that is here."""
    with contextlib.suppress(SQLAlchemyError, ValueError):
        url = sql.make_url(place)
        if url.get_dialect() and url.get_driver_name() == "pysqlite":
            return not url.host and url.database not in (None, "", ":memory:")
        # An @ that is not written as %40 divides a password, and the rest of it is taken for the host's name.
        return url.get_driver_name() in PATIENCE and "@" not in (url.host or "")
    return False


@lru_cache(maxsize=1)
def file_of(place: str) -> Path | None:
    url = sql.make_url(place)
    return Path(url.database) if url.get_backend_name() == "sqlite" else None


def at_hand() -> bool:
    """Whether to write is a matter of microseconds: who writes to a database elsewhere waits for it."""
    return not os.environ.get("FLIGHTTIME_OBSERVED") or file_of(address()) is not None


def shown(place: str) -> str:
    """Without a password."""
    return str(file_of(place) or masked(place))


def masked(text: str) -> str:
    """An address without who is let in and by what word, also where it is no good: anybody may be told of it."""
    text = re.sub(r"(password=).*", r"\1***", text, flags=re.DOTALL | re.IGNORECASE)
    return re.sub(r"^([^:/@]*:/*)?.*@", r"\1***@", text, flags=re.DOTALL)
