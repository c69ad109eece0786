"""The ground truth: every flight of the year with its landing, which no level may read."""

from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from ladder.places import FEED
from ladder.places import months

TIMETABLE = [
    "year",
    "month",
    "day",
    "sched_dep_time",
    "sched_arr_time",
    "carrier",
    "flight",
    "tailnum",
    "origin",
    "dest",
    "distance",
    "hour",
    "minute",
    "time_hour",
]
MEDIAN_DAYS = 14


def landed() -> pd.DataFrame:
    """The flights that arrived, with flight_id, date, published, origin, dest, distance, air_time.

    The distance is in miles, the air time in minutes.
    """
    flights = pd.concat([raw(path) for path in months(FEED / "flights")], ignore_index=True)
    flights = flights[flights["air_time"].notna()].reset_index(drop=True)
    return pd.DataFrame(
        {
            "flight_id": name(flights),
            "date": day_of(flights),
            "published": published(flights),
            "origin": flights["origin"],
            "dest": flights["dest"],
            "distance": flights["distance"].astype("float64"),
            "air_time": flights["air_time"].astype("float64"),
        }
    )


def timetable(day: date) -> pd.DataFrame:
    """A day's raw timetable, without departures and landings."""
    flights = raw(FEED / "flights" / f"{day:%Y-%m}.parquet")
    return flights.loc[flights["day"] == day.day, TIMETABLE].reset_index(drop=True)


@lru_cache(maxsize=1)
def raw(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path)


def name(flights: pd.DataFrame) -> pd.Series:
    """The id of a flight, from timetable to landing: `2013-03-01 UA1545 EWR-IAH`."""
    day = day_of(flights).dt.strftime("%Y-%m-%d")
    return (
        day
        + " "
        + flights["carrier"]
        + flights["flight"].astype("str")
        + " "
        + flights["origin"]
        + "-"
        + flights["dest"]
    )


def day_of(flights: pd.DataFrame) -> pd.Series:
    return pd.to_datetime(flights[["year", "month", "day"]])


def published(flights: pd.DataFrame) -> pd.Series:
    """The day after the wheels touched down, by New York's clock."""
    clock = flights["sched_dep_time"].astype("float64")
    minutes = clock // 100 * 60 + clock % 100 + flights["dep_delay"] + flights["air_time"]
    return day_of(flights) + pd.to_timedelta(minutes.astype("float64") // (24 * 60) + 1, unit="D")


def route_medians(flights: pd.DataFrame, days: list[date], made: date | None = None) -> pd.Series:
    """The median air time of the route's last 14 days, for every flight of `days`.

    It is computed every morning, or once on the day `made`.

    A route without recent flights gets its distance times the usual minutes a mile.
    """
    forecasts = [
        median_of(flights, flights[flights["date"] == pd.Timestamp(day)], made or day)
        for day in days
    ]
    return pd.concat(forecasts)


def median_of(flights: pd.DataFrame, wanted: pd.DataFrame, morning: date) -> pd.Series:
    since = pd.Timestamp(morning) - pd.Timedelta(days=MEDIAN_DAYS)
    recent = flights[(flights["date"] >= since) & (flights["published"] <= pd.Timestamp(morning))]
    medians = recent.groupby(["origin", "dest"])["air_time"].median()
    routes = pd.MultiIndex.from_frame(wanted[["origin", "dest"]])
    usual = wanted["distance"] * np.median(recent["air_time"] / recent["distance"])
    return pd.Series(medians.reindex(routes).to_numpy(), index=wanted.index).fillna(usual)
