"""Only answers given before departure, with the inputs of the timetable, count."""

import sqlite3
from datetime import date
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from prediction_store import CATEGORIES
from prediction_store import DAY
from prediction_store import FEATURES
from prediction_store import NUMBERS
from prediction_store import rows
from prediction_store import store_file
from prediction_store import use_store

from groundcrew.predictions import PredictionStore
from groundcrew.predictions import counted
from groundcrew.predictions import database

NEXT_DAY = DAY + timedelta(days=1)
BEFORE = "2013-01-01T00:00:00.000000+00:00"
NAMES = [*CATEGORIES, *NUMBERS]
ID = f"{DAY} UA1545 EWR-IAH"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PredictionStore:
    use_store(tmp_path, monkeypatch)
    monkeypatch.setenv("FLIGHTTIME_TODAY", f"{DAY}")
    return PredictionStore(
        folder=lambda: tmp_path / "production",
        shared=lambda: False,
        categories=CATEGORIES,
        numbers=NUMBERS,
    )


def scored(minutes: float, version: str = "7", **inputs: object) -> pd.DataFrame:
    frame = pd.DataFrame([FEATURES], columns=NAMES).assign(**inputs)
    ids = {"flight_id": ID, "prediction_id": f"{version}-{minutes}"}
    return frame.assign(**ids, minutes=minutes, model=version)


def land(store: PredictionStore, **inputs: object) -> pd.DataFrame:
    landed = {"published": pd.Timestamp(NEXT_DAY), "air_time": 200.0, "days_late": 0}
    rows = pd.DataFrame([FEATURES], columns=NAMES).assign(flight_id=ID, date=pd.Timestamp(DAY))
    return store.put_landings(rows.assign(**landed).assign(**inputs))


def measured(store: PredictionStore) -> list[float]:
    return store.outcomes(DAY, DAY, NEXT_DAY)["minutes"].tolist()


def test_an_answer_after_departure_changes_nothing(
    store: PredictionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.log({"champion": scored(210.0)})
    land(store)
    monkeypatch.setenv("FLIGHTTIME_TODAY", f"{NEXT_DAY}")
    store.log({"champion": scored(200.0)})

    assert measured(store) == [210.0]
    assert counted.left_out(DAY, DAY).reasons == {"late": 1}


@pytest.mark.parametrize(
    "inputs",
    [
        {"carrier": "U&A"},
        {"distance": 1.0},
        {"sched_dep_min": 1440.0},  # would be before departure for longer
        {"sched_block": None},
        {"seats": 150.0},
    ],
)
def test_an_answer_to_other_inputs_changes_nothing(store: PredictionStore, inputs: dict) -> None:
    store.log({"champion": scored(210.0)})
    store.log({"champion": scored(900.0, **inputs)})
    land(store)

    found = store.outcomes(DAY, DAY, NEXT_DAY)

    assert found["minutes"].tolist() == [210.0]
    assert found["distance"].tolist() == [1400.0]  # what the baseline multiplies with
    assert counted.left_out(DAY, DAY).reasons == {"other_inputs": 1}


def test_only_other_inputs_are_no_answer(store: PredictionStore) -> None:
    store.log({"champion": scored(900.0, carrier="U&A")})
    land(store)

    assert measured(store) == []


def test_of_the_answers_that_count_the_last_one_is_measured(store: PredictionStore) -> None:
    for minutes in (210.0, 220.0):
        store.log({"champion": scored(minutes)})
    land(store)

    assert measured(store) == [220.0]
    assert counted.left_out(DAY, DAY).reasons == {}


def test_an_input_that_the_timetable_does_not_know_either_agrees(store: PredictionStore) -> None:
    store.log({"champion": scored(210.0, seats=None)})
    land(store, seats=float("nan"))

    assert measured(store) == [210.0]


def test_a_corrected_timetable_counts(store: PredictionStore) -> None:
    store.log({"champion": scored(210.0)})
    store.log({"champion": scored(220.0, seats=150.0)})
    land(store)
    land(store, seats=150.0)

    assert measured(store) == [220.0]


def test_a_shadow_is_compared_on_answers_that_count(
    store: PredictionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.log({"champion": scored(210.0), "shadow": scored(205.0, "8")})
    other = {"seats": 1.0}
    store.log({"champion": scored(0.0, **other), "shadow": scored(900.0, "8", **other)})
    monkeypatch.setenv("FLIGHTTIME_TODAY", f"{NEXT_DAY}")
    store.log({"champion": scored(1.0), "shadow": scored(901.0, "8")})
    land(store)

    assert store.errors_of_both("7", "8", BEFORE) == ([10.0], [5.0])


@pytest.mark.parametrize(
    ("reasons", "problem"),
    [
        ({}, ""),
        ({"late": 40, "other_inputs": 60}, ""),
        (
            {"late": 41, "other_inputs": 60},
            "101 of 1,000 answers do not count, "
            "mostly with other inputs than the timetable's: see what asks",
        ),
        (
            {"late": 1000},
            "1,000 of 1,000 answers do not count, mostly given after departure: see what asks",
        ),
    ],
)
def test_more_than_a_share_left_out_is_a_problem_that_names_its_cause(
    reasons: dict, problem: str
) -> None:
    assert counted.LeftOut(1000, reasons).problem(0.1) == problem


def test_a_week_without_answers_is_no_problem(store: PredictionStore) -> None:
    assert counted.left_out(DAY, DAY) == counted.LeftOut(0, {})
    assert counted.left_out(DAY, DAY).problem(0.0) == ""


def test_of_the_answers_those_of_shadows_are_not_counted(store: PredictionStore) -> None:
    answers = {"champion": scored(210.0), "shadow": scored(205.0, "8")}
    store.log(answers)
    store.log({"champion": scored(900.0, carrier="U&A")})
    land(store)

    assert counted.left_out(DAY, DAY) == counted.LeftOut(2, {"other_inputs": 1})


def test_a_measured_week_keeps_how_many_were_left_out(
    store: PredictionStore, capsys: pytest.CaptureFixture
) -> None:
    store.log({"champion": scored(900.0, carrier="U&A")})
    land(store)

    store.put_weeks([{"first": f"{DAY}"}])

    assert store.weeks(1) == [{"first": f"{DAY}", "days": 7, "left_out": {"other_inputs": 1}}]
    assert "left out are 1 answers with other inputs than the timetable's" in "".join(
        capsys.readouterr(),
    )


def test_the_moment_of_an_answer_is_compared_with_the_departure_in_new_york(
    store: PredictionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FLIGHTTIME_TODAY")
    clock = datetime.now(ZoneInfo("America/New_York"))
    minute = clock.hour * 60 + clock.minute
    departures = (minute + 10.0, minute - 10.0)

    before = [
        counted.minutes_before(counted.now(), f"{clock:%Y-%m-%d} UA1", (*FEATURES[:4], at))
        for at in departures
    ]

    assert before == pytest.approx([10.0, -10.0], abs=1.5)


@pytest.mark.parametrize("name", [None, "", "my own flight", "2013-13-01 UA1"])
def test_a_flight_without_a_day_has_no_departure(store: PredictionStore, name: str | None) -> None:
    assert counted.minutes_before(counted.now(), name, FEATURES) is None


def test_the_departure_is_the_answers_own(store: PredictionStore) -> None:
    store.log({"champion": scored(210.0)})

    assert [row.minutes_before for row in rows()] == [317.0]


def test_a_store_from_before_is_opened_and_its_answers_count(
    store: PredictionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.log({"champion": scored(210.0)})
    database.forget()
    with sqlite3.connect(store_file()) as older:
        older.execute("ALTER TABLE predictions DROP COLUMN minutes_before")
        older.execute("DROP TABLE timetable")
    older.close()
    land(store)

    assert measured(store) == [210.0]
    assert counted.left_out(date(2013, 1, 1), DAY).reasons == {}
