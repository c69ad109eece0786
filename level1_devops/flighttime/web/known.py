"""What the page goes by: the newest flights, and the names of airports and airlines, looked at anew each minute."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from functools import cached_property
from functools import lru_cache

import pandas as pd

from flighttime import features
from flighttime import feed
from flighttime import ingest
from flighttime import settings
from flighttime.errors import Refused
from flighttime.features import FEATURES
from flighttime.features import TARGET
from flighttime.web import routes
from flighttime.web.routes import Served

KEPT_SECONDS = 60
# Where data is gathered now and then, the newest flights may be of some weeks ago.
LOOKED_BACK = timedelta(days=2 * routes.SERVED_DAYS)
OLD = timedelta(days=7)
# Airlines sell no seats further ahead.
AHEAD = timedelta(days=330)


@dataclass(frozen=True)
class Known:
    """`flights` are of the last days that the table knows, which end with `until`."""

    today: date
    flights: pd.DataFrame
    until: date
    served: Served
    airports: dict[str, str]
    zones: dict[str, str]
    airlines: dict[str, str]

    @property
    def old(self) -> bool:
        return self.today - self.until > OLD

    @property
    def last_day(self) -> date:
        """The last day to ask about."""
        return self.today + AHEAD

    @property
    def dests(self) -> set[str]:
        return {dest for dests in self.served.values() for dest in dests}

    @property
    def carriers(self) -> set[str]:
        return {code for dests in self.served.values() for flying in dests.values() for code in flying}

    @cached_property
    def landed(self) -> pd.DataFrame:
        """The flights that a model can be judged by."""
        return routes.newest(self.flights, routes.JUDGED_DAYS).dropna(subset=[TARGET])


def now() -> Known:
    """What is known at this minute; raises Refused where nothing has been gathered yet."""
    return read(settings.today(), str(settings.runs()), settings.feed(), int(time.monotonic() // KEPT_SECONDS))


@lru_cache(maxsize=1)
def read(today: date, runs: str, feed_place: str, minute: int) -> Known:
    """Read once for the same arguments: they are what the answer depends on."""
    flights = newest_flights(today)
    airports = named(feed.airports)
    zones = register(airports, "faa", "tzone") | features.UNREGISTERED
    return Known(
        today=today,
        flights=flights,
        until=flights["date"].max().date(),
        served=routes.served(flights),
        airports=register(airports, "faa", "name"),
        zones=zones,
        airlines=register(named(feed.airlines), "carrier", "name"),
    )


def newest_flights(today: date) -> pd.DataFrame:
    flights = published(today, since=today - LOOKED_BACK)
    if flights.empty:
        flights = published(today)
    if flights.empty:
        raise Refused(f"no flight had been published by {today}: run python -m flighttime.ingest")
    return routes.newest(flights[["date", *FEATURES, TARGET]], routes.SERVED_DAYS)


def published(today: date, since: date | None = None) -> pd.DataFrame:
    table = ingest.read(since=since)
    return table[table["published"] <= pd.Timestamp(today)]


def named(table: Callable[[], pd.DataFrame]) -> pd.DataFrame | None:
    """A table of names; None where it cannot be reached, since codes alone will do."""
    try:
        return table()
    except Refused:
        return None


def register(table: pd.DataFrame | None, code: str, value: str) -> dict[str, str]:
    return {} if table is None else table.set_index(code)[value].dropna().to_dict()
