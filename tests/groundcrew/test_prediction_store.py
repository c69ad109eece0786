"""The store is where the settings say; errors say what is wrong and show no password."""

import re
import sqlite3
import subprocess
import threading
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from pathlib import Path

import level_runs
import pytest
import sqlalchemy as sql
from prediction_store import answer
from prediction_store import rows
from prediction_store import store_file
from prediction_store import use_store

from groundcrew import predictions
from groundcrew.errors import UserError
from groundcrew.predictions import address
from groundcrew.predictions import database
from groundcrew.predictions import schema
from groundcrew.predictions import sqlite

SECONDS = 60
SERVER = "postgresql+psycopg://flights:secret@db.example/flights"
NOT_ADDRESSES = [
    "observed.db",
    "mysql://db.example/flights",
    "postgresql",
    "postgresql://db.example:port/flights",
    "sqlite://",
    "sqlite:///",
    "sqlite:///:memory:",
    "sqlite+aiosqlite:///observed.db",
    "sqlite://db.example/observed.db",
]
MASKED = {
    "postgres://flights:secret@db/flights": "postgres://***@db/flights",
    "mysql://flights:se/cr@secret@db/flights": "mysql://***@db/flights",
    "postgresql:flights:secret@db/flights": "postgresql:***@db/flights",
    "flights secret@db": "***@db",
    "host=db user=flights password='secret word'": "host=db user=flights password=***",
    "postgresql+psycopg2://flights:secret@db/flights": "postgresql+psycopg2://***@db/flights",
    "postgresql+asyncpg://flights:secret@db/flights": "postgresql+asyncpg://***@db/flights",
    "mysql+psycopg://flights:secret@db/flights": "mysql+psycopg://***@db/flights",
    "postgresql://flights:secret@db:port/flights": "postgresql://***@db:port/flights",
    "postgresql://flights:se@cret@db/flights": "postgresql://***@db/flights",
    "sqlite://flights:secret@db/flights.db": "sqlite://***@db/flights.db",
}
PROBE = "INSERT INTO alive (name, at) VALUES (?, ?)"
WRITER = """
import sys
from pathlib import Path

from groundcrew import predictions

predictions.use(
    folder=lambda: Path(sys.argv[1]),
    external_allowed=lambda: True,
    categories=["carrier", "origin", "dest"],
    numbers=["distance", "sched_dep_min", "sched_block", "seats"],
)
for number in range(50):
    name, *rest = {answer!r}
    predictions.log([(f"{{number}} of {{sys.argv[2]}}", *rest)])
"""


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_store(tmp_path / "runs", monkeypatch)


def test_by_default_the_store_is_a_file_in_the_projects_folder(tmp_path: Path) -> None:
    assert store_file() == (tmp_path / "runs" / "production" / "observed.db").resolve()


@pytest.mark.parametrize("name", ["why?", "a%20b", "a #b", "a::b", "100%"])
def test_the_store_is_inside_its_state_whatever_its_name(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_store(tmp_path / "states" / name, monkeypatch)

    predictions.log([answer("UA1")])

    assert store_file() == tmp_path / "states" / name / "production" / "observed.db"
    assert store_file().exists()
    assert [path.name for path in (tmp_path / "states").iterdir()] == [name]


@pytest.mark.parametrize("external", [None, SERVER])
def test_staging_never_writes_to_the_store_of_production(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    external: str | None,
) -> None:
    if external:
        monkeypatch.setenv("FLIGHTTIME_OBSERVED", external)
    monkeypatch.setenv("FLIGHTTIME_ENVIRONMENT", "staging")

    assert store_file() == (tmp_path / "runs" / "staging" / "observed.db").resolve()


def test_a_server_is_used_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_OBSERVED", SERVER)

    assert address.address() == SERVER
    assert not address.is_local()


@pytest.mark.parametrize("value", NOT_ADDRESSES)
def test_a_value_that_is_no_address_is_a_user_error(
    monkeypatch: pytest.MonkeyPatch,
    value: str,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_OBSERVED", value)

    message = f"FLIGHTTIME_OBSERVED is '{value}', not the address of a database: write it like post"
    with pytest.raises(UserError, match=re.escape(message)):
        address.address()


@pytest.mark.parametrize(("value", "masked"), MASKED.items())
def test_an_invalid_address_is_shown_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
    value: str,
    masked: str,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_OBSERVED", value)

    with pytest.raises(UserError) as error:
        address.address()

    assert f"FLIGHTTIME_OBSERVED is {masked!r}, not the address" in str(error.value)


@pytest.mark.parametrize(
    "server",
    ["flights:secret@127.0.0.1:1/flights", "flights@127.0.0.1:1/flights?password=secret"],
)
def test_a_server_out_of_reach_is_shown_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
    server: str,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_OBSERVED", f"postgresql+psycopg://{server}")

    message = "cannot use the prediction store .*127.0.0.1:1/flights.*see that the database runs"
    with pytest.raises(UserError, match=message) as error:
        database.probe()

    assert "secret" not in str(error.value)


@pytest.mark.parametrize("driver", ["", "+pysqlite"])
def test_the_address_may_be_a_file(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    driver: str,
) -> None:
    file = tmp_path / "other.db"
    monkeypatch.setenv("FLIGHTTIME_OBSERVED", f"sqlite{driver}:///{file.as_posix()}")

    database.probe()

    assert file.exists() and address.is_local()


def test_a_store_with_other_columns_is_refused_and_not_changed() -> None:
    store_file().parent.mkdir(parents=True)
    with sqlite3.connect(store_file()) as old:
        old.execute("CREATE TABLE predictions (prediction_id, flight_id, minutes, model)")
        old.execute("INSERT INTO predictions (prediction_id) VALUES ('7-old')")

    message = "not a prediction store of this version: its table predictions has no number, .*role"
    with pytest.raises(UserError, match=message):
        predictions.log([answer("2013-03-05 UA1 EWR-IAH")])

    with sqlite3.connect(store_file()) as old:
        assert old.execute("SELECT prediction_id FROM predictions").fetchall() == [("7-old",)]


def test_a_transaction_that_fails_is_rolled_back() -> None:
    with pytest.raises(UserError, match="no such table: nowhere"):
        with database.transaction() as connection:
            connection.execute(sql.insert(schema.alive).values(name="probe", at="now"))
            connection.execute(sql.text("INSERT INTO nowhere VALUES (1)"))

    assert rows(schema.alive) == []


def test_a_value_that_cannot_be_stored_does_not_close_the_store() -> None:
    database.append(PROBE, [("one", "now")])
    engine = database.engine_of(address.address())
    writer = sqlite.writer(store_file(), sqlite.APPEND_TIMEOUT)

    with pytest.raises(database.InvalidValue, match="cannot hold what it is given .*surrogates"):
        database.append(PROBE, [("two", "now"), ("\ud800", "now")])
    with pytest.raises(database.InvalidValue, match="cannot hold what it is given"):
        with database.transaction() as connection:
            connection.execute(sql.insert(schema.alive).values(name="\ud800", at="now"))

    assert database.engine_of(address.address()) is engine
    assert sqlite.writer(store_file(), sqlite.APPEND_TIMEOUT) is writer
    assert [row.name for row in rows(schema.alive)] == ["one"]


def test_times_are_stored_in_utc() -> None:
    new_york = datetime(2013, 3, 1, 19, 30, tzinfo=timezone(timedelta(hours=-5)))
    without_zone = datetime(2013, 3, 2, 0, 30)
    utc = datetime(2013, 3, 2, 0, 30, tzinfo=UTC)

    written = {database.timestamp(at) for at in (new_york, without_zone, utc)}

    assert written == {"2013-03-02T00:30:00.000+00:00"}


def test_a_connection_waits_while_another_one_has_locked_the_file(tmp_path: Path) -> None:
    # timeout=0 is what SQLite does when two processes switch to the write-ahead log.
    file = tmp_path / "observed.db"
    one, other = (sqlite3.connect(file, timeout=0, check_same_thread=False) for _ in range(2))
    one.execute("BEGIN EXCLUSIVE")
    unlock = threading.Timer(0.1, one.rollback)
    unlock.start()

    sqlite.prepare(other)

    assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    unlock.join()


def test_a_file_that_is_no_database_is_reported_at_once(tmp_path: Path) -> None:
    file = tmp_path / "observed.db"
    file.write_text("this is text, not a database" * 100, encoding="utf-8")

    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        sqlite.prepare(sqlite3.connect(file))


def test_two_processes_create_the_store_and_write_at_the_same_time(tmp_path: Path) -> None:
    program = WRITER.format(answer=answer("2013-03-05 UA1 EWR-IAH"))
    command = [level_runs.starter().python, "-c", program, f"{store_file().parent}"]
    env = level_runs.warmly()

    writers = [subprocess.Popen([*command, f"{number}"], env=env) for number in range(2)]

    assert [writer.wait(SECONDS) for writer in writers] == [0, 0]
    assert len(rows()) == 100
