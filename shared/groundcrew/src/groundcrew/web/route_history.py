"""What recent flights tell about a route: its carriers, its timetable, and a model's errors."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

TARGET = "air_time"
# Four weeks include the flights that operate once a week.
TIMETABLE_DAYS = 28
# Errors are taken from fewer days: the wind of four weeks ago says little.
ERROR_DAYS = 14
# With fewer flights, those of similar routes are added; with still fewer, no range is shown.
ENOUGH_FLIGHTS = 20
MIN_FLIGHTS = 10
SIMILAR_DISTANCE = 0.15
NEAREST_FLIGHTS = 10
BIAS_MINUTES = 5

Served = dict[str, dict[str, list[str]]]


def last_days(table: pd.DataFrame, days: int) -> pd.DataFrame:
    """The flights of the last `days` days before the end of the table."""
    return table[table["date"] > table["date"].max() - pd.Timedelta(days=days)]


def served_routes(flights: pd.DataFrame) -> Served:
    """Origin, its destinations, and their carriers: those with the most flights first."""
    served: Served = {}
    for origin, dest, carrier in flights[["origin", "dest", "carrier"]].value_counts().index:
        served.setdefault(origin, {}).setdefault(dest, []).append(carrier)
    return served


def on_route(flights: pd.DataFrame, origin: str, dest: str) -> pd.DataFrame:
    return flights[(flights["origin"] == origin) & (flights["dest"] == dest)]


def typical_values(route: pd.DataFrame, carrier: str, sched_dep_min: float) -> dict[str, Any]:
    """The distance (miles), sched_block (minutes) and seats to expect of a flight on this route.

    sched_block is the median of the carrier's flights that are nearest in time of day.
    """
    own = route[route["carrier"] == carrier]
    nearest = (own["sched_dep_min"] - sched_dep_min).abs().nsmallest(NEAREST_FLIGHTS).index
    return {
        "distance": none_if_nan(route["distance"].mode().iloc[0]),
        "sched_block": none_if_nan(own.loc[nearest, "sched_block"].median()),
        "seats": none_if_nan(own["seats"].median()),
    }


def ground_minutes(route: pd.DataFrame) -> float | None:
    """Minutes that timetables leave for taxiing; None if no flight has landed."""
    return none_if_nan((route["sched_block"] - route[TARGET]).median())


def none_if_nan(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def comparable_flights(
    landed: pd.DataFrame, origin: str, dest: str, distance: float
) -> pd.DataFrame:
    """The flights of the route or, if they are few, all from the origin over a similar distance."""
    route = on_route(landed, origin, dest)
    if len(route) >= ENOUGH_FLIGHTS:
        return route
    similar = (landed["distance"] / distance - 1).abs() <= SIMILAR_DISTANCE
    return landed[(landed["origin"] == origin) & similar]


@dataclass(frozen=True)
class ErrorSpread:
    """Quantiles of actual minus predicted minutes: 10, 25, 50, 75 and 90 per cent."""

    flights: int
    low: float
    quarter: float
    middle: float
    three_quarters: float
    high: float

    @property
    def biased(self) -> bool:
        """Whether three errors in four have the same sign, and their median matters."""
        return abs(self.middle) >= BIAS_MINUTES and self.quarter * self.three_quarters > 0


def error_spread(errors: pd.Series) -> ErrorSpread | None:
    """None if the errors are fewer than MIN_FLIGHTS."""
    if len(errors) < MIN_FLIGHTS:
        return None
    return ErrorSpread(len(errors), *errors.quantile([0.1, 0.25, 0.5, 0.75, 0.9]))


def daily_summary(route: pd.DataFrame) -> pd.DataFrame:
    """For each day the number of landed flights, and their shortest, median and longest minutes."""
    minutes = route.groupby("date")[TARGET]
    columns = {"flights": "size", "shortest": "min", "median": "median", "longest": "max"}
    return minutes.agg(**columns).reset_index()
