"""Monitoring: outcomes join their predictions, and a week is measured on what has landed."""

from datetime import date
from datetime import timedelta
from math import isnan
from pathlib import Path
from statistics import fmean

import pandas as pd
import pytest

from flighttime import ingest
from flighttime import monitor
from flighttime import outcomes
from flighttime import policy
from flighttime.predictions import STORE
from groundcrew import lab

MONDAY, TODAY = date(2013, 1, 21), date(2013, 2, 1)


def test_an_outcome_is_stored_once_when_published(own_state: Path, table: pd.DataFrame) -> None:
    first, again, later = (outcomes.update(date(2013, 1, day)) for day in (10, 10, 12))

    known = table[table["published"] <= "2013-01-10"]
    new = table[table["published"].between("2013-01-11", "2013-01-12")]
    assert first["landed"] == known["air_time"].count()
    assert first["cancelled"] == known["air_time"].isna().sum()
    assert again == dict.fromkeys(again, 0)
    assert later["landed"] + later["cancelled"] == len(new)
    assert later["late"] == (new["published"] - new["date"] > timedelta(days=1)).sum() > 0


def test_a_correction_replaces_an_outcome(
    own_state: Path, table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes.update(TODAY)
    corrected = table.assign(air_time=table["air_time"].mask(table.index < 3, 500.0))
    monkeypatch.setattr(ingest.TABLE, "read", lambda since: corrected)

    assert [outcomes.update(TODAY)["corrected"] for _ in range(2)] == [3, 0]


def answered(table: pd.DataFrame, **answers: object) -> pd.DataFrame:
    """A week of flights that version 1 has answered so, and whose outcomes are stored."""
    flights = table[table["date"].between("2013-01-21", "2013-01-27")].assign(model="1", **answers)
    with lab.on(MONDAY):
        STORE.log({"champion": flights.assign(prediction_id=flights["flight_id"])})
    STORE.put_landings(outcomes.landings(table, TODAY))
    return flights


def daily_median_error(table: pd.DataFrame, flights: pd.DataFrame) -> float:
    """The mean error of route medians that are computed again every morning, in plain pandas."""
    route, errors = ["origin", "dest"], []
    for day, scheduled in flights.groupby("date"):
        landed = table[(table["published"] <= day) & (table["date"] >= day - timedelta(days=14))]
        medians = landed.groupby(route)["air_time"].median().rename("expected")
        joined = scheduled.join(medians, on=route)
        usual = joined["distance"] * (landed["air_time"] / landed["distance"]).median()
        errors += (joined["expected"].fillna(usual) - joined["air_time"]).abs().tolist()
    return fmean(errors)


def test_a_week_agrees_with_a_reference(own_state: Path, table: pd.DataFrame) -> None:
    flights = answered(table, minutes=lambda flights: flights["distance"] / 8 + 20)

    week = monitor.measure(MONDAY, table, TODAY)

    landed = flights.dropna(subset=["air_time"])
    errors = landed["minutes"] - landed["air_time"]
    assert (week.answers, week.labels) == (len(flights), len(landed))
    assert week.cancelled == len(flights) - len(landed)
    assert (week.mae, week.bias) == pytest.approx((errors.abs().mean(), errors.mean()))
    assert week.mae / week.ratio == pytest.approx(daily_median_error(table, landed))


def test_a_week_without_answers_is_empty(own_state: Path, table: pd.DataFrame) -> None:
    week = monitor.measure(MONDAY, table, TODAY)

    assert (week.answers, week.labels, week.drift) == (0, 0, {})
    assert isnan(week.mae) and isnan(week.ratio)


def test_drift_is_reported_and_triggers_nothing(own_state: Path, table: pd.DataFrame) -> None:
    answered(table.assign(seats=500.0), minutes=lambda flights: flights["air_time"].fillna(0))

    week = monitor.measure(MONDAY, table, TODAY)

    assert [name for name, far in week.drift.items() if far["psi"] > 0.2] == ["seats"]
    assert not policy.judge([week] * 3, monitor.settings.section("policy"))[0]


def test_the_age_of_data_and_model_grows_day_by_day(own_state: Path) -> None:
    outcomes.update(TODAY)

    assert monitor.ages(TODAY) == {"labels": 0, "features": 1, "champion": 8}
    assert monitor.ages(TODAY + timedelta(days=7)) == {"labels": 7, "features": 8, "champion": 15}
