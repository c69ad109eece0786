"""The features agree with clocks read in another way, and know nothing that comes after departure."""

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from flighttime import features
from flighttime import feed

NEW_YORK = ZoneInfo("America/New_York")
# Arizona and Hawaii keep no summer time; Puerto Rico is not in the register of airports.
ZONES = {
    "PHX": "America/Phoenix",
    "HNL": "Pacific/Honolulu",
    "SJU": "America/Puerto_Rico",
    "LAX": "America/Los_Angeles",
    "ORD": "America/Chicago",
    "BOS": "America/New_York",
}


def by_the_clocks_on_the_wall(flight: object) -> float:
    """Scheduled minutes from gate to gate, as a traveller with two clocks would count them."""
    leaves = datetime(flight.year, flight.month, flight.day, tzinfo=NEW_YORK) + of_clock(flight.sched_dep_time)
    there = leaves.astimezone(ZoneInfo(ZONES[flight.dest]))
    arrives = there.replace(hour=0, minute=0) + of_clock(flight.sched_arr_time)
    if arrives < there:
        arrives += timedelta(days=1)
    return (arrives.astimezone(UTC) - leaves.astimezone(UTC)).total_seconds() / 60


def of_clock(clock: int) -> timedelta:
    return timedelta(hours=clock // 100, minutes=clock % 100)


@pytest.mark.parametrize("day", [date(2013, 2, 15), date(2013, 7, 15)], ids=["winter", "summer"])
@pytest.mark.parametrize("dest", ZONES)
def test_sched_block_agrees_with_the_clocks_on_the_wall(
    monkeypatch: pytest.MonkeyPatch,
    dest: str,
    day: date,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_TODAY", f"{day}")
    scheduled = feed.timetable(day)
    derived = features.derive(scheduled[scheduled["dest"] == dest], feed.planes(), feed.airports())

    expected = [by_the_clocks_on_the_wall(flight) for flight in derived.itertuples()]

    assert expected
    assert derived["sched_block"].tolist() == expected


def test_clock_values_are_minutes_after_midnight() -> None:
    clock = pd.Series([0, 1, 59, 100, 1730, 2359, 2400, None])

    minutes = features.minutes_after_midnight(clock)

    assert minutes[:7].tolist() == [0, 1, 59, 60, 1050, 1439, 1440]
    assert pd.isna(minutes[7])


@pytest.fixture
def scheduled(today: date) -> pd.DataFrame:
    return feed.timetable(today)


def derive(scheduled: pd.DataFrame) -> pd.DataFrame:
    return features.derive(scheduled, feed.planes(), feed.airports())


def test_an_arrival_at_2400_is_an_arrival_at_midnight(scheduled: pd.DataFrame) -> None:
    at_2400 = derive(scheduled.assign(sched_arr_time=2400))
    at_0000 = derive(scheduled.assign(sched_arr_time=0))

    pd.testing.assert_series_equal(at_2400["sched_block"], at_0000["sched_block"])


def test_sched_block_of_the_whole_table_is_a_time_that_flights_take(table: pd.DataFrame) -> None:
    assert table["sched_block"].notna().all()
    assert table["sched_block"].between(40, 710).all()


def test_an_unknown_airport_has_no_sched_block(scheduled: pd.DataFrame) -> None:
    elsewhere = scheduled.assign(dest=["XXX", *scheduled["dest"][1:]])

    derived = derive(elsewhere)

    assert pd.isna(derived["sched_block"][0])
    assert derived["sched_block"][1:].notna().all()


def test_an_unknown_aircraft_has_no_seats(scheduled: pd.DataFrame) -> None:
    derived = derive(scheduled.assign(tailnum="N00000"))

    assert derived["seats"].isna().all()


def test_flights_keep_their_number_and_their_order(scheduled: pd.DataFrame) -> None:
    derived = derive(scheduled)

    pd.testing.assert_frame_equal(derived[["carrier", "flight", "tailnum"]], scheduled[["carrier", "flight", "tailnum"]])


def test_no_feature_comes_after_departure() -> None:
    known_beforehand = {*feed.TIMETABLE, "sched_dep_min", "sched_block", "seats"}

    assert set(features.FEATURES) <= known_beforehand
    assert features.TARGET not in features.FEATURES
