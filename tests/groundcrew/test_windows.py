"""Windows of production are stored as they were measured last."""

from datetime import date
from math import inf
from math import nan
from pathlib import Path

import pytest
import sqlalchemy as sql
from prediction_store import use_store

from groundcrew.predictions import database
from groundcrew.predictions import windows


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_store(tmp_path / "runs", monkeypatch)


def window(first: str, mae: float = 9.0, **other: object) -> dict:
    drift = {"seats": {"psi": 0.3, "ks": None}}
    return {"first": date.fromisoformat(first), "days": 7, "mae": mae, "drift": drift} | other


def test_windows_are_read_oldest_first() -> None:
    windows.store([window("2013-03-11"), window("2013-03-04", p99_ms=nan, drift={"psi": inf})])

    first, second = windows.read(5)

    assert first == {
        "first": "2013-03-04",
        "days": 7,
        "mae": 9.0,
        "p99_ms": None,
        "drift": {"psi": None},
    }
    assert second["first"] == "2013-03-11" and second["drift"]["seats"] == {"psi": 0.3, "ks": None}
    assert windows.read(1) == [second]


def test_a_window_that_is_measured_again_replaces_the_stored_one() -> None:
    windows.store([window("2013-03-04"), window("2013-03-11")])

    windows.store([window("2013-03-04", 6.0), window("2013-03-11")])

    assert [week["mae"] for week in windows.read(5)] == [6.0, 9.0]


def test_a_window_that_is_the_same_is_not_written_again() -> None:
    windows.store([window("2013-03-04"), window("2013-03-11")])
    with database.transaction() as connection:
        connection.execute(sql.text("CREATE TABLE written (first TEXT)"))
        trigger = "CREATE TRIGGER note AFTER UPDATE ON windows BEGIN INSERT INTO written "
        connection.execute(sql.text(f"{trigger} VALUES (new.first); END"))

    windows.store([window("2013-03-04", 6.0), window("2013-03-11")])

    with database.transaction() as connection:
        written = connection.scalars(sql.text("SELECT first FROM written")).all()
    assert written == ["2013-03-04"]


def test_days_are_stored_apart_from_weeks() -> None:
    windows.store([window("2013-03-04"), window("2013-03-04", 4.0, days=1)])

    assert [week["mae"] for week in windows.read(5)] == [9.0]
    assert [day["mae"] for day in windows.read(5, days=1)] == [4.0]
