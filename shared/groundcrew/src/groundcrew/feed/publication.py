"""What had been published up to a day, and no later row.

A flight is published the day after it landed, or after its scheduled day if it never did. The
weather of a day is published the next day. The timetable is known beforehand; outcomes are not.
"""

from datetime import date
from datetime import timedelta

import pandas as pd

from groundcrew import settings
from groundcrew.errors import UserError
from groundcrew.feed import source
from groundcrew.feed.contract import DAY

TIMETABLE = [
    *DAY,
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
    """Return the flights published up to `until`, and after `after` if given.

    They carry `published`, `date` and `flight_id`. Raises UserError if `until` is in the future.
    """
    _require_past(until)
    rows = source.read_months("flights", until, after and after - LATEST)
    return _identify(_between(rows.assign(published=_published_on(rows)), until, after))


def weather(until: date, after: date | None = None) -> pd.DataFrame:
    """Return the hourly observations published up to `until`, and after `after` if given."""
    _require_past(until)
    rows = source.read_months("weather", until, after and after - LATEST)
    return _between(rows.assign(published=_days(rows) + A_DAY), until, after)


def timetable(day: date) -> pd.DataFrame:
    """Return the flights scheduled for `day`, without outcomes, with `date` and `flight_id`.

    Raises UserError if `day` is in the future.
    """
    _require_past(day)
    rows = source.read_months("flights", day, day)
    of_day = (rows["year"] == day.year) & (rows["month"] == day.month) & (rows["day"] == day.day)
    return _identify(rows.loc[of_day, TIMETABLE].reset_index(drop=True))


def planes() -> pd.DataFrame:
    """Return the register of aircraft, by `tailnum`."""
    return source.read("planes.parquet")


def airports() -> pd.DataFrame:
    """Return the airports with their time zones, by `faa` code."""
    return source.read("airports.parquet")


def airlines() -> pd.DataFrame:
    """Return the names of the airlines, by `carrier` code."""
    return source.read("airlines.parquet")


def _identify(flights: pd.DataFrame) -> pd.DataFrame:
    """Add `date` and the `flight_id` of a flight: `2013-03-01 UA1545 EWR-IAH`."""
    day = _days(flights)
    number = flights["carrier"] + flights["flight"].astype("str")
    route = flights["origin"] + "-" + flights["dest"]
    name = day.dt.strftime("%Y-%m-%d") + " " + number + " " + route
    return flights.assign(date=day, flight_id=name)


def _published_on(flights: pd.DataFrame) -> pd.Series:
    """The day after the landing by New York's clock, or after the scheduled day without one."""
    clock = flights["sched_dep_time"].astype("float64")
    minutes = clock // 100 * 60 + clock % 100 + flights["dep_delay"] + flights["air_time"]
    days_later = (minutes // (24 * 60)).astype("float64").fillna(0)
    return _days(flights) + pd.to_timedelta(days_later, unit="D") + A_DAY


def _days(rows: pd.DataFrame) -> pd.Series:
    return pd.to_datetime(rows[DAY])


def _between(rows: pd.DataFrame, until: date, after: date | None) -> pd.DataFrame:
    rows = rows[rows["published"] <= pd.Timestamp(until)]
    if after is not None:
        rows = rows[rows["published"] > pd.Timestamp(after)]
    return rows.reset_index(drop=True)


def _require_past(day: date) -> None:
    if day > settings.today():
        raise UserError(
            f"{day} is in the future: today is {settings.today()}, choose today or an earlier day, "
            "or set FLIGHTTIME_TODAY",
        )
