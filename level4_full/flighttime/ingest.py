"""Gather what has been published: what is new is added to the table, what was corrected takes its place.

    python -m flighttime.ingest [--today 2013-03-01] [--since 2013-02-01]
"""

import argparse
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from flighttime import features
from flighttime import feed
from flighttime import quarantine
from flighttime import rules
from flighttime import settings
from flighttime import steps
from flighttime import validate
from flighttime import versions
from flighttime.joined import COLUMNS
from flighttime.joined import KEY
from flighttime.joined import identify
from flighttime.joined import join
from flighttime.versions import digest


class Update(NamedTuple):
    """How many flights were added to the table, and how many took the place of their row."""

    added: int
    corrected: int


def gather(until: date, after: date | None = None) -> pd.DataFrame:
    """The joined table of the flights published up to `until`, later than `after`."""
    return join(*published(until, after))[COLUMNS]


def published(until: date, after: date | None) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Those flights, the weather that they left in, the register of aircraft and that of airports."""
    # A late landing is published long after the weather that it left in.
    weather = feed.weather(until, after and after - feed.LATEST)
    return feed.flights(until, after), weather, feed.planes(), feed.airports()


def timetable(day: date) -> pd.DataFrame:
    """The flights scheduled for a day, ready to be scored."""
    flights = identify(feed.timetable(day))
    return features.derive(flights, feed.planes(), feed.airports())[["flight_id", *features.FEATURES]]


def update(today: date, since: date | None = None) -> Update:
    """Take in what is new, and what was corrected within a week or, where it is given, from `since` on."""
    return take_in(delivered(today, since))


def delivered(today: date, since: date | None = None) -> validate.Delivery:
    """What was published since the last time, and again the week before: corrections are found there."""
    after = gathered(today, since)
    flights, weather, *registers = published(today, after)
    return validate.Delivery(join(flights, weather, *registers), weather, after, today)


def gathered(today: date, since: date | None) -> date | None:
    """The day up to which nothing has to be gathered again; None before the first update."""
    if not (last := last_published()):
        return None
    day = min(last, today) - feed.LATEST
    return min(day, since - feed.A_DAY) if since else day


def last_published() -> date | None:
    """The day up to which the table is complete; None before the first update."""
    return column("published").max().date() if exists() else None


def take_in(delivery: validate.Delivery) -> Update:
    """Add the flights that are new; those that differ take the place of their rows. What breaks a rule is set aside."""
    flights, broken = validate.check(delivery)
    quarantine.add(broken, delivery.until)
    on = versions.latest(place())
    changed, corrected = changes(flights[COLUMNS])
    if len(changed):
        before = changed if on is None else versions.read(place(), query="SELECT DISTINCT origin, dest, distance FROM kept")
        try:
            versions.write(place(), changed, on=on, replacing=KEY if corrected.any() else None)
        except versions.Overtaken:
            return take_in(delivery)
        rules.tell(flights.loc[changed.index], delivery.weather, before)
    return Update(int((~corrected).sum()), int(corrected.sum()))


def changes(flights: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """The flights that do not stand in the table with just these values, and which of them stand there with others."""
    known = read(since=flights["date"].min()) if len(flights) and exists() else flights.head(0)
    changed = flights[~fingerprints(flights).isin(fingerprints(known))]
    return changed, pd.Index(known["flight_id"]).get_indexer(changed["flight_id"]) >= 0


def fingerprints(flights: pd.DataFrame) -> pd.Series:
    return pd.util.hash_pandas_object(flights, index=False)


def read(version: int | None = None, *, since: date | None = None) -> pd.DataFrame:
    """The joined table as the last update left it or as it was at a version, from the flights of `since` on."""
    return versions.read(place(), version, f"SELECT * FROM kept {from_day(since)}").sort_values(KEY, ignore_index=True)


def column(name: str) -> pd.Series:
    return versions.read(place(), query=f"SELECT {name} FROM kept")[name]


def from_day(since: date | None) -> str:
    return f"WHERE date >= '{since}'" if since else ""


def version() -> int:
    """The number under which the table as it is now can be read again."""
    return versions.newest(place()).version()


def exists() -> bool:
    return versions.exists(place())


def place() -> Path:
    return settings.runs() / "data" / "flights"


def main(arguments: argparse.Namespace) -> None:
    taken = update(arguments.today, arguments.since)
    steps.output("flights_added", taken.added)
    steps.output("flights_corrected", taken.corrected)
    steps.output("data_version", version() if exists() else None)


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    help = "gather again what was published from this day on (default: a week before the last time)"
    parser.add_argument("--since", type=date.fromisoformat, help=help)
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
