"""Gather what the feed has published: add new flights to the table, replace corrected ones.

python -m flighttime.ingest [--today 2013-03-01] [--since 2013-02-01]

Fetches what is newer than the table, and the week before it again (corrections), or from a day on.
"""

from datetime import date

import pandas as pd

from flighttime import features
from groundcrew import commands
from groundcrew import feed
from groundcrew import tables

KEY = ["date", "carrier", "flight", "origin", "dest"]
COLUMNS = [
    "flight_id",
    *KEY,  # the categories are in it
    "published",  # the day on which the row became known
    "tailnum",
    "time_hour",
    *features.NUMBERS,
    *feed.WEATHER,
    features.TARGET,
]
TABLE = tables.Table("flights", key=KEY)


def update(today: date, since: date | None = None) -> tables.Update:
    """Bring the table up to date; run again, it changes nothing more. Returns the counts."""
    return store(fetch(today, since))


def fetch(today: date, since: date | None = None) -> feed.Delivery:
    return feed.delivery(today, TABLE.newest("published"), since)


def store(delivery: feed.Delivery) -> tables.Update:
    return TABLE.upsert(prepare(delivery))


def prepare(delivery: feed.Delivery) -> pd.DataFrame:
    """One row a flight: key, features, air time, and the weather, which no feature uses yet."""
    flights = features.derive(delivery.flights, delivery.planes, delivery.airports)
    return feed.join_weather(flights, delivery.weather)[COLUMNS]


def timetable(day: date) -> pd.DataFrame:
    """The flights scheduled for a day, ready to be scored."""
    flights = features.derive(feed.timetable(day), feed.planes(), feed.airports())
    return flights[["flight_id", *features.FEATURES]]


def main(*, today: commands.Today, since: commands.Day = None) -> None:
    updated = update(today, since)
    commands.output("flights_added", updated.added)
    commands.output("flights_corrected", updated.corrected)


if __name__ == "__main__":
    commands.run(main)
