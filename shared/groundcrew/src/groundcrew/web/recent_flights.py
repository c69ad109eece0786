"""The newest flights and the names of airports and airlines, which the page reads each minute."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from functools import cached_property
from functools import lru_cache

import pandas as pd

from groundcrew import settings
from groundcrew.errors import UserError
from groundcrew.web import route_history
from groundcrew.web.names import Names
from groundcrew.web.names import NamesOfFeed
from groundcrew.web.route_history import TARGET
from groundcrew.web.route_history import Served
from groundcrew.web.services import Services

CACHE_SECONDS = 60
# A table that is updated rarely may end some weeks ago.
SEARCHED_DAYS = timedelta(days=2 * route_history.TIMETABLE_DAYS)
OLD = timedelta(days=7)
# Airlines sell no seats further ahead.
MAX_AHEAD = timedelta(days=330)


@dataclass(frozen=True)
class RecentFlights:
    """`flights` are those of the last days in the table; the newest are of the day `until`."""

    today: date
    flights: pd.DataFrame
    until: date
    served: Served
    names: Names

    @property
    def airports(self) -> dict[str, str]:
        return self.names.airports

    @property
    def zones(self) -> dict[str, str]:
        return self.names.zones

    @property
    def airlines(self) -> dict[str, str]:
        return self.names.airlines

    @property
    def old(self) -> bool:
        return self.today - self.until > OLD

    @property
    def last_day(self) -> date:
        """The last day that the page accepts."""
        return self.today + MAX_AHEAD

    @property
    def dests(self) -> set[str]:
        return {dest for dests in self.served.values() for dest in dests}

    @property
    def carriers(self) -> set[str]:
        routes = [carriers for dests in self.served.values() for carriers in dests.values()]
        return {code for carriers in routes for code in carriers}

    @cached_property
    def landed(self) -> pd.DataFrame:
        """The flights to compare a model's predictions with."""
        recent = route_history.last_days(self.flights, route_history.ERROR_DAYS)
        return recent.dropna(subset=[TARGET])


def cached(services: Services) -> Callable[[], RecentFlights]:
    """A function that reads the recent flights, and reads them again each minute.

    It raises UserError if the table has no flights yet.
    """

    names = NamesOfFeed()

    # The arguments are all that the result depends on.
    @lru_cache(maxsize=1)
    def read_once(today: date, runs: str, feed_address: str, minute: int) -> RecentFlights:
        return read(services, today, names.read())

    def now() -> RecentFlights:
        minute = int(time.monotonic() // CACHE_SECONDS)
        return read_once(settings.today(), str(settings.runs()), settings.feed(), minute)

    return now


def read(services: Services, today: date, names: Names) -> RecentFlights:
    flights = newest_flights(services, today)
    return RecentFlights(
        today=today,
        flights=flights,
        until=flights["date"].max().date(),
        served=route_history.served_routes(flights),
        names=names,
    )


def newest_flights(services: Services, today: date) -> pd.DataFrame:
    for since in (today - SEARCHED_DAYS, None):
        table = services.flights(since=since)
        table = table[table["published"] <= pd.Timestamp(today)]
        if not table.empty:
            table = table[["date", *services.features, TARGET]]
            return route_history.last_days(table, route_history.TIMETABLE_DAYS)
    remedy = f"run python -m {settings.project_name()}.ingest, or set FLIGHTTIME_TODAY"
    raise UserError(f"no flight had been published by {today}: {remedy}")
