"""The record is where the environment says, and what it cannot be used for is told in words."""

import re
import sqlite3
import threading
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from pathlib import Path

import pytest
import sqlalchemy as sql

from flighttime import environment
from flighttime import holdings
from flighttime import store
from flighttime.errors import Refused

NO_ADDRESSES = ["observed.db", "mysql://db.example/flights", "postgresql", "postgresql://db.example:port/flights"]
NO_FILES = ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite+aiosqlite:///observed.db", "sqlite://db.example/observed.db"]


def test_by_default_the_record_lies_beside_the_models_of_its_environment() -> None:
    assert store.file_of(store.address()) == environment.place("production") / "observed.db"


@pytest.mark.parametrize("named", [None, "postgresql+psycopg://flights:secret@db.example/flights"])
def test_what_is_tried_in_staging_is_no_answer_of_production(monkeypatch: pytest.MonkeyPatch, named: str | None) -> None:
    if named:
        monkeypatch.setenv("FLIGHTTIME_OBSERVED", named)
    monkeypatch.setenv("FLIGHTTIME_ENVIRONMENT", "staging")

    assert store.file_of(store.address()) == environment.place("staging") / "observed.db"


@pytest.mark.parametrize("named", [*NO_ADDRESSES, *NO_FILES])
def test_an_address_of_no_database_is_refused(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv("FLIGHTTIME_OBSERVED", named)

    told = f"FLIGHTTIME_OBSERVED is '{named}', no address of a database: write it like postgresql"
    with pytest.raises(Refused, match=re.escape(told)):
        store.address()


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("postgres://flights:secret@db/flights", "postgres://***@db/flights"),
        ("mysql://flights:se/cr@secret@db/flights", "mysql://***@db/flights"),
        ("postgresql:flights:secret@db/flights", "postgresql:***@db/flights"),
        ("flights secret@db", "***@db"),
        ("host=db user=flights password='secret word'", "host=db user=flights password=***"),
        ("postgresql+psycopg2://flights:secret@db/flights", "postgresql+psycopg2://***@db/flights"),
        ("postgresql+asyncpg://flights:secret@db/flights", "postgresql+asyncpg://***@db/flights"),
        ("postgresql+psycopg_async://flights:secret@db/flights", "postgresql+psycopg_async://***@db/flights"),
        ("mysql+psycopg://flights:secret@db/flights", "mysql+psycopg://***@db/flights"),
        ("postgresql://flights:secret@db:port/flights", "postgresql://***@db:port/flights"),
        ("postgresql://flights:se@cret@db/flights", "postgresql://***@db/flights"),
        ("sqlite://flights:secret@db/flights.db", "sqlite://***@db/flights.db"),
    ],
)
def test_a_password_in_what_is_no_address_is_told_to_nobody(monkeypatch: pytest.MonkeyPatch, named: str, told: str) -> None:
    monkeypatch.setenv("FLIGHTTIME_OBSERVED", named)

    with pytest.raises(Refused) as refusal:
        store.address()

    assert f"FLIGHTTIME_OBSERVED is {told!r}, no address of a database" in str(refusal.value)


@pytest.mark.parametrize("named", ["flights:secret@127.0.0.1:1/flights", "flights@127.0.0.1:1/flights?password=secret"])
def test_a_password_is_told_to_nobody(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv("FLIGHTTIME_OBSERVED", f"postgresql+psycopg://{named}")

    with pytest.raises(Refused, match="cannot use the record of answers .*127.0.0.1:1/flights.*see that the database runs") as refusal:
        with store.transaction():
            pass

    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("driver", ["", "+pysqlite"])
def test_a_file_may_be_named_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, driver: str) -> None:
    monkeypatch.setenv("FLIGHTTIME_OBSERVED", f"sqlite{driver}:///{(tmp_path / 'elsewhere.db').as_posix()}")

    store.touch()

    assert (tmp_path / "elsewhere.db").exists() and store.at_hand()


def test_a_record_of_another_version_is_refused_and_left_as_it_is() -> None:
    file = store.file_of(store.address())
    file.parent.mkdir(parents=True)
    with sqlite3.connect(file) as old:
        old.execute("CREATE TABLE predictions (prediction_id, flight_id, minutes, model, answered_at)")
        old.execute("INSERT INTO predictions (prediction_id) VALUES ('7-of old')")

    with pytest.raises(Refused, match="of another version: its table predictions has no number, .*role.*: move it away"):
        store.append("INSERT INTO predictions (prediction_id) VALUES (?)", [["7-new"]])

    with sqlite3.connect(file) as old:
        assert old.execute("SELECT prediction_id FROM predictions").fetchall() == [("7-of old",)]


def test_a_transaction_that_fails_keeps_nothing() -> None:
    with pytest.raises(Refused, match="no such table: nowhere"):
        with store.transaction() as connection:
            connection.execute(sql.insert(holdings.alive).values(name="probe", at="now"))
            connection.execute(sql.text("INSERT INTO nowhere VALUES (1)"))

    with store.transaction() as connection:
        assert connection.execute(sql.select(holdings.alive)).all() == []


def test_what_no_database_can_keep_is_told_from_a_database_that_is_lost() -> None:
    insert = "INSERT INTO alive (name, at) VALUES (?, ?)"
    store.append(insert, [("one", "now")])
    opened, writer = store.opened(store.address()), store.writer(store.file_of(store.address()))

    with pytest.raises(store.Unfit, match="cannot hold what it is given .*surrogates.*: write it without"):
        store.append(insert, [("two", "now"), ("\ud800", "now")])
    with pytest.raises(store.Unfit, match="cannot hold what it is given"):
        with store.transaction() as connection:
            connection.execute(sql.insert(holdings.alive).values(name="\ud800", at="now"))

    assert store.opened(store.address()) is opened and store.writer(store.file_of(store.address())) is writer
    with store.transaction() as connection:
        assert connection.scalars(sql.select(holdings.alive.c.name)).all() == ["one"]


def test_a_moment_is_written_down_by_the_clock_of_utc() -> None:
    there = datetime(2013, 3, 1, 19, 30, tzinfo=timezone(timedelta(hours=-5)))

    written = "2013-03-02T00:30:00.000+00:00"
    assert store.instant(there) == store.instant(datetime(2013, 3, 2, 0, 30)) == written
    assert store.instant(datetime(2013, 3, 2, 0, 30, tzinfo=UTC)) == written


def test_two_that_open_it_at_once_wait_for_each_other(tmp_path: Path) -> None:
    # As where SQLite does not wait by itself.
    one, other = (sqlite3.connect(tmp_path / "observed.db", timeout=0, check_same_thread=False) for _ in range(2))
    one.execute("BEGIN EXCLUSIVE")
    done = threading.Timer(0.1, one.rollback)
    done.start()

    store.prepare(other)

    assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    done.join()


def test_what_is_wrong_with_a_file_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "observed.db").write_text("no database, and nobody's lock either" * 100, encoding="utf-8")

    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        store.prepare(sqlite3.connect(tmp_path / "observed.db"))
