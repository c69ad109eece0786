"""What is known to be wrong with the tables, what is done about it, and how much of it is usual."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from flighttime import steps
from flighttime.features import UNREGISTERED


@dataclass(frozen=True)
class Rule:
    """What it looks for, in which rows it finds that, what is done, and the largest share of rows that is usual."""

    looks_for: str
    found: Callable[[pd.DataFrame], pd.Series]
    done: str
    usual: float = 1.0

    def __str__(self) -> str:
        return f"{self.looks_for}: {self.done}"

    def is_usual(self, rows: pd.DataFrame) -> bool:
        return self.found(rows).mean() <= self.usual


ROUTE = ["origin", "dest", "distance"]
FLIGHT = ["date", "carrier", "flight"]
CLOCK = ["origin", "year", "month", "day", "hour"]
AN_HOUR = pd.Timedelta(hours=1)
STRONGEST_WIND = 200  # miles an hour
NOTHING = "kept, nothing can be learned from it"
UNREAD = "not read, since nobody knows it before departure"

# A delivery of which a larger share is so is refused. The shares leave room above the worst week of a year.
OF_FLIGHTS = [
    Rule("flights cancelled", lambda rows: rows.dep_time.isna(), NOTHING, 0.30),
    Rule("flights departed without an arrival", lambda rows: rows.dep_time.notna() & rows.arr_time.isna(), NOTHING, 0.05),
    Rule("flights arrived without an air time", lambda rows: rows.arr_time.notna() & rows.air_time.isna(), NOTHING, 0.05),
    Rule("flights without a tail number", lambda rows: rows.tailnum.isna(), "seats unknown", 0.20),
    Rule("flights by aircraft not in planes", lambda rows: rows.tailnum.notna() & rows.seats.isna(), "seats unknown", 0.30),
    Rule("flights by aircraft with ten seats or fewer", lambda rows: rows.seats <= 10, "kept as registered", 0.05),
    Rule("flights to destinations not in airports", lambda rows: rows.dest.isin(UNREGISTERED), "Puerto Rico's time", 0.10),
    Rule("flights to airports without a time zone", lambda rows: rows.sched_block.isna(), "scheduled minutes unknown", 0.01),
    Rule("departures at 2400", lambda rows: rows.dep_time == 2400, UNREAD),
    Rule("arrivals at 2400", lambda rows: rows.arr_time == 2400, UNREAD),
    Rule("flights on routes with two distances", lambda rows: rows.two_distances, "kept, each with its own"),
    Rule("repeats of month, day, carrier, flight", lambda rows: rows.duplicated(FLIGHT), "told apart by origin and dest", 0.01),
    Rule("flights faster than 600 mph", lambda rows: rows.distance > rows.air_time * 10, "kept", 0.01),
    Rule("flights without weather in the hour before", lambda rows: rows.visib.isna(), "weather unknown", 0.25),
    Rule("flights to destinations first seen", lambda rows: rows.first_there, "kept, unknown to the model"),
    Rule("flights on routes first seen", lambda rows: rows.first_on_route, "kept, without a route median"),
]
WINDS = Rule("winds over 200 mph", lambda rows: rows.wind_speed > STRONGEST_WIND, "blanked")
OF_WEATHER = [
    Rule("weather hours twice on the local clock", lambda rows: rows.duplicated(CLOCK), "told apart in UTC"),
    Rule("weather hours missing", lambda rows: rows.groupby("origin").time_hour.diff() / AN_HOUR - 1, "weather unknown an hour later"),
]


def tell(flights: pd.DataFrame, weather: pd.DataFrame, known: pd.DataFrame) -> None:
    """A line for each rule that found something in new flights and their weather, when such routes are known already."""
    known = known[ROUTE].drop_duplicates()
    routes = pd.concat([known, flights[ROUTE]]).drop_duplicates()
    flights = flights.assign(
        two_distances=ends(flights).isin(ends(routes[routes.duplicated(ROUTE[:2])])),
        first_there=~flights["dest"].isin(known["dest"]),
        first_on_route=~ends(flights).isin(ends(known)),
    )
    weather = weather[weather["published"] >= flights["published"].min()]
    counts = [(rule.found(rows).sum(), rule) for rows, of in ((flights, OF_FLIGHTS), (weather, OF_WEATHER)) for rule in of]
    if lines := [f"{int(count):9,}  {rule}" for count, rule in counts if count]:
        steps.notice("\n".join(lines))


def ends(flights: pd.DataFrame) -> pd.Series:
    return flights["origin"] + flights["dest"]
