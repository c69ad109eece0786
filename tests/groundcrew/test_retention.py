"""The prediction log does not grow for ever: measured weeks are exported, and then removed."""

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sql
from prediction_store import CATEGORIES
from prediction_store import FEATURES
from prediction_store import NUMBERS
from prediction_store import rows
from prediction_store import use_store

from groundcrew import settings
from groundcrew.errors import UserError
from groundcrew.predictions import PredictionStore
from groundcrew.predictions import database
from groundcrew.predictions import quota
from groundcrew.predictions import retention
from groundcrew.predictions import schema
from groundcrew.predictions.recorder import Recorder

OLD, NEW = date(2013, 3, 4), date(2013, 7, 1)


@pytest.fixture
def limits() -> dict:
    return {"keep_days": 92, "max_megabytes": 1000}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limits: dict) -> PredictionStore:
    use_store(tmp_path, monkeypatch)
    monkeypatch.setattr(settings, "section", lambda name: limits)
    monkeypatch.setattr(quota, "SECONDS_BETWEEN_LOOKS", -1.0)
    return PredictionStore(
        folder=lambda: tmp_path / "production",
        shared=lambda: False,
        categories=CATEGORIES,
        numbers=NUMBERS,
        section="predictions",
    )


def answered(store: PredictionStore, *days: date, role: str = "champion") -> None:
    for day in days:
        flight = pd.DataFrame([FEATURES], columns=[*CATEGORIES, *NUMBERS])
        flight = flight.assign(flight_id=f"{day} UA1 EWR-IAH", minutes=210.0, model="7")
        store.log({role: flight.assign(prediction_id=f"7-{day}")})


def landed(store: PredictionStore, *days: date) -> None:
    for day in days:
        row = {"flight_id": f"{day} UA1 EWR-IAH", "air_time": 200.0, "days_late": 0}
        times = {"date": pd.Timestamp(day), "published": pd.Timestamp(day + timedelta(days=1))}
        store.put_landings(pd.DataFrame([row | times]))


def days_left() -> list[str]:
    return [row.flight_id[:10] for row in rows()]


def archive(tmp_path: Path) -> pd.DataFrame:
    files = sorted((tmp_path / "production" / retention.FOLDER).glob("*.parquet"))
    return pd.concat(map(pd.read_parquet, files))


def test_a_measured_week_that_is_old_is_exported_and_removed(
    store: PredictionStore, tmp_path: Path
) -> None:
    days = [OLD, OLD + timedelta(days=6), OLD + timedelta(days=7), NEW]
    answered(store, *days)
    answered(store, OLD, role="shadow")
    landed(store, *days)

    store.put_weeks([{"first": f"{OLD}", "mae": 10.0}])
    assert len(rows()) == 5
    store.put_weeks([{"first": f"{NEW}", "mae": 11.0}])

    assert days_left() == ["2013-03-11", "2013-07-01"]  # the week of 11 March was not measured
    assert [row.flight_id[:10] for row in rows(schema.landings)] == days_left()
    exported = archive(tmp_path)
    assert exported["role"].tolist() == ["champion", "champion", "shadow"]
    assert exported["air_time"].tolist() == [200.0] * 3
    weeks = {week["first"]: (week["mae"], week.get("archived")) for week in store.weeks(9)}
    assert weeks == {"2013-03-04": (10.0, 3), "2013-07-01": (11.0, None)}


def test_a_week_in_files_keeps_its_numbers(store: PredictionStore) -> None:
    answered(store, OLD)
    for first in (OLD, NEW):
        store.put_weeks([{"first": f"{first}", "mae": 10.0}])

    store.put_weeks([{"first": f"{first}", "mae": None} for first in (OLD, NEW)])

    assert [week["mae"] for week in store.weeks(9)] == [10.0, None]


def test_weeks_that_are_measured_now_stay(store: PredictionStore) -> None:
    answered(store, OLD, NEW)

    store.put_weeks([{"first": f"{first}", "mae": 10.0} for first in (OLD, NEW)])

    assert len(rows()) == 2


def test_a_kill_between_export_and_removal_loses_no_answer(
    store: PredictionStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(store, OLD)
    store.put_weeks([{"first": f"{OLD}"}])
    with monkeypatch.context() as patch:
        patch.setattr(retention, "REMOVE", "broken")
        with pytest.raises(UserError):
            store.put_weeks([{"first": f"{NEW}"}])
    answered(store, OLD)

    store.put_weeks([{"first": f"{NEW}"}])

    assert days_left() == []
    assert archive(tmp_path)["number"].unique().tolist() == [1, 2]


def test_old_answers_that_never_count_are_removed(store: PredictionStore, tmp_path: Path) -> None:
    flight = pd.DataFrame([FEATURES], columns=[*CATEGORIES, *NUMBERS])
    anonymous = flight.assign(minutes=210.0, model="7", prediction_id="7-a")
    store.log({"champion": anonymous})
    answered(store, NEW)
    long_ago = database.timestamp(datetime.now(UTC) - timedelta(days=93))
    with database.transaction() as connection:
        connection.execute(sql.text(f"UPDATE predictions SET answered_at = '{long_ago}'"))
    store.log({"champion": anonymous})

    store.put_weeks([{"first": f"{NEW}"}])

    assert [row.number for row in rows()] == [2, 3]
    assert archive(tmp_path)["number"].tolist() == [1]


def test_all_parts_of_a_large_week_are_exported(
    store: PredictionStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "MOST_ROWS", 2)
    answered(store, *[OLD + timedelta(days=number) for number in range(5)])

    for first in (OLD, NEW):
        store.put_weeks([{"first": f"{first}"}])

    assert days_left() == []
    assert archive(tmp_path)["number"].tolist() == [1, 2, 3, 4, 5]


def test_a_full_log_says_so_and_takes_no_answer(store: PredictionStore, limits: dict) -> None:
    answered(store, NEW)
    recorder = Recorder("refuse")
    limits["max_megabytes"] = 0

    with pytest.raises(UserError, match=r"is full \(.*max_megabytes is 0\): lower keep_days"):
        answered(store, NEW)
    with pytest.raises(UserError, match="is full"):
        recorder.state()

    limits["max_megabytes"] = 1000
    answered(store, NEW)
    assert len(rows()) == 2


def test_room_that_was_made_counts(store: PredictionStore) -> None:
    answered(store, *[OLD + timedelta(days=number % 7) for number in range(400)])
    full = quota.megabytes()

    for first in (OLD, NEW):
        store.put_weeks([{"first": f"{first}"}])

    assert 0 < quota.megabytes() < full


def test_a_log_without_limits_keeps_all(store: PredictionStore, limits: dict) -> None:
    limits.clear()
    answered(store, OLD)

    for first in (OLD, NEW):
        store.put_weeks([{"first": f"{first}"}])

    assert len(rows()) == 1
