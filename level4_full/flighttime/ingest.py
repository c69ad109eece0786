"""Gather what has been published and join it: one table, one row a flight.

    python -m flighttime.ingest [--today 2013-03-01]
"""

import argparse
from datetime import date
from pathlib import Path

import pandas as pd
from deltalake import DeltaTable
from deltalake import write_deltalake

from flighttime import features
from flighttime import feed
from flighttime import settings
from flighttime import steps
from flighttime import validate
from flighttime.errors import Refused

KEY = ["date", "carrier", "flight", "origin", "dest"]
WEATHER = ["temp", "wind_dir", "wind_speed", "precip", "visib", "pressure"]
COLUMNS = [
    "flight_id",
    *KEY,
    "published",
    "tailnum",
    "time_hour",
    "distance",
    "sched_dep_min",
    "sched_block",
    "seats",
    *WEATHER,
    "air_time",
]


def gather(until: date, after: date | None = None) -> pd.DataFrame:
    """The joined table of the flights published up to `until`, later than `after`."""
    flights = feed.flights(until, after)
    if flights.empty:
        return pd.DataFrame(columns=COLUMNS)
    # A late landing is published long after the weather that it left in.
    weather = feed.weather(until, after and after - feed.LATEST)
    return join(flights, weather, feed.planes(), feed.airports())


def join(
    flights: pd.DataFrame,
    weather: pd.DataFrame,
    planes: pd.DataFrame,
    airports: pd.DataFrame,
) -> pd.DataFrame:
    """One row a flight, in a fixed order, with the weather observed an hour before departure."""
    observed = weather[["origin", "time_hour", *WEATHER]]
    observed = observed.assign(time_hour=observed["time_hour"] + pd.Timedelta(hours=1))
    table = identify(features.derive(flights, planes, airports))
    table = table.merge(observed, on=["origin", "time_hour"], how="left", validate="many_to_one")
    table = table.astype(dict.fromkeys([*WEATHER, "air_time"], "float64"))
    return table[COLUMNS].sort_values(KEY, ignore_index=True)


def identify(flights: pd.DataFrame) -> pd.DataFrame:
    """Add the day and the name that a flight keeps from timetable to landing: `2013-03-01 UA1545 EWR-IAH`."""
    day = feed.days(flights)
    number = flights["carrier"] + flights["flight"].astype("str")
    route = flights["origin"] + "-" + flights["dest"]
    return flights.assign(date=day, flight_id=day.dt.strftime("%Y-%m-%d") + " " + number + " " + route)


def timetable(day: date) -> pd.DataFrame:
    """The flights scheduled for a day, ready to be scored."""
    flights = identify(feed.timetable(day))
    return features.derive(flights, feed.planes(), feed.airports())[["flight_id", *features.FEATURES]]


def update(today: date) -> int:
    """Append what was published since the last time; returns the number of flights added."""
    new = validate.check(gather(today, last_published()))
    if len(new):
        append(new)
    return len(new)


def last_published() -> date | None:
    """The day up to which the table is complete; None before the first update."""
    return DeltaTable(found()).to_pandas(columns=["published"])["published"].max().date() if exists() else None


def append(new: pd.DataFrame) -> None:
    """Add to the table: all of `new` or, if anything goes wrong, nothing."""
    write_deltalake(place(), new, mode="append")


def read(version: int | None = None, *, since: date | None = None) -> pd.DataFrame:
    """The joined table as the last update left it or as it was at a version, from the flights of `since` on."""
    return DeltaTable(found(), version=version).to_pandas(filters=from_day(since)).sort_values(KEY, ignore_index=True)


def from_day(since: date | None) -> list[tuple] | None:
    return [("date", ">=", pd.Timestamp(since))] if since else None


def version() -> int:
    """The number under which the table as it is now can be read again."""
    return DeltaTable(found()).version()


def found() -> Path:
    if not exists():
        raise Refused(f"there is no {place()} yet: run python -m flighttime.ingest")
    return place()


def exists() -> bool:
    return DeltaTable.is_deltatable(str(place()))


def place() -> Path:
    return settings.runs() / "data" / "flights"


def main(arguments: argparse.Namespace) -> None:
    added = update(arguments.today)
    steps.output("flights_added", added)
    steps.output("data_version", version() if exists() else None)


if __name__ == "__main__":
    steps.run(main, steps.parser(__doc__))
