"""The outside world: what had been published up to a day, and not a row more.

A flight is published the day after it landed, or after its scheduled day if it never did.
The weather of a day is published the next day. The timetable is known beforehand; what came
of it is not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from datetime import timedelta

import fsspec
import pandas as pd

from flighttime import published
from flighttime import settings
from flighttime.errors import Refused

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
A_DAY = timedelta(days=1)
# No flight of the feed lands later than this after its scheduled day.
LATEST = 7 * A_DAY


def flights(until: date, after: date | None = None) -> pd.DataFrame:
    """Flights published up to `until`, later than `after` if it is given; the day is in `published`."""
    refuse_the_future(until)
    rows = read_months("flights", until, after and after - LATEST)
    rows["published"] = published_on(rows)
    return between(rows, until, after)


def weather(until: date, after: date | None = None) -> pd.DataFrame:
    """Hourly observations at the three airports, published up to `until`, later than `after`."""
    refuse_the_future(until)
    rows = read_months("weather", until, after and after - LATEST)
    rows["published"] = days(rows) + A_DAY
    return between(rows, until, after)


def planes() -> pd.DataFrame:
    """The register of aircraft, by tail number."""
    return read("planes.parquet")


def airports() -> pd.DataFrame:
    """Airports with their time zones, by FAA code."""
    return read("airports.parquet")


def airlines() -> pd.DataFrame:
    """The airlines' names, by carrier code."""
    return read("airlines.parquet")


def timetable(day: date) -> pd.DataFrame:
    """The flights scheduled for `day`, today at the latest, without anything that happened to them."""
    refuse_the_future(day)
    rows = read_months("flights", day, day)
    of_the_day = (rows["year"] == day.year) & (rows["month"] == day.month) & (rows["day"] == day.day)
    return rows.loc[of_the_day, TIMETABLE].reset_index(drop=True)


def published_on(flights: pd.DataFrame) -> pd.Series:
    """The day after the wheels touched down by New York's clock; after the scheduled day if they never did."""
    clock = flights["sched_dep_time"].astype("float64")
    minutes = clock // 100 * 60 + clock % 100 + flights["dep_delay"] + flights["air_time"]
    days_later = (minutes // (24 * 60)).astype("float64").fillna(0)
    return days(flights) + pd.to_timedelta(days_later, unit="D") + A_DAY


def days(rows: pd.DataFrame) -> pd.Series:
    return pd.to_datetime(rows[["year", "month", "day"]])


def between(rows: pd.DataFrame, until: date, after: date | None) -> pd.DataFrame:
    rows = rows[rows["published"] <= pd.Timestamp(until)]
    if after is not None:
        rows = rows[rows["published"] > pd.Timestamp(after)]
    return rows.reset_index(drop=True)


def refuse_the_future(day: date) -> None:
    if day > settings.today():
        raise Refused(f"{day} has not come yet: today is {settings.today()}, ask for that day or an earlier one")


def read_months(table: str, until: date, since: date | None) -> pd.DataFrame:
    """The monthly files of a table from the month of `since` to that of `until`."""
    first = f"{since:%Y-%m}" if since else ""
    last = f"{until:%Y-%m}"
    months = sorted(name.removesuffix(".parquet") for name in listed(table) if name.endswith(".parquet"))
    wanted = [month for month in months if first <= month <= last]
    if not wanted:
        raise Refused(
            f"the feed {settings.feed()} has no {table} for {last}: "
            "choose another day, or set FLIGHTTIME_FEED to the folder or URL of the published tables",
        )
    return pd.concat([read(f"{table}/{month}.parquet") for month in wanted], ignore_index=True)


def listed(table: str) -> list[str]:
    """The names of a table's files."""
    with reaching(f"{settings.feed()}/{table}") as place:
        files, folder = fsspec.core.url_to_fs(place)
        return [path.replace("\\", "/").rsplit("/", 1)[-1] for path in files.ls(folder, detail=False)]


def read(name: str) -> pd.DataFrame:
    with reaching(f"{settings.feed()}/{name}") as place:
        return published.check(pd.read_parquet(place), name)


@contextmanager
def reaching(place: str) -> Iterator[str]:
    """Say in words what kept us from reading there."""
    try:
        yield place
    except (OSError, ValueError, ImportError) as problem:
        raise Refused(
            f"cannot read {place} ({problem}): "
            "set FLIGHTTIME_FEED to the folder or URL of the published tables, and see that it can be reached",
        ) from None
