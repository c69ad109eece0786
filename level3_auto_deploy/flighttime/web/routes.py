"""What recent flights tell about a route: who flies it, how long it takes, and how wrong a model has been there."""

from dataclasses import dataclass

import pandas as pd

from flighttime.features import TARGET

# A timetable is known by its flights: four weeks hold even those that fly once a week.
SERVED_DAYS = 28
# How a model does is asked of fewer days: the wind of four weeks ago says little.
JUDGED_DAYS = 14
# Eight flights in ten mean little below the second number, and not much below the first.
ENOUGH = 20
FEWEST = 10
SIMILAR = 0.15
NEAREST = 10
LEANING = 5

Served = dict[str, dict[str, list[str]]]


def newest(table: pd.DataFrame, days: int) -> pd.DataFrame:
    """The flights of the last `days` days that the table knows, whenever they were."""
    return table[table["date"] > table["date"].max() - pd.Timedelta(days=days)]


def served(flights: pd.DataFrame) -> Served:
    """Origin, its destinations, and who flies there: those with the most flights first."""
    found: Served = {}
    for origin, dest, carrier in flights[["origin", "dest", "carrier"]].value_counts().index:
        found.setdefault(origin, {}).setdefault(dest, []).append(carrier)
    return found


def on_route(flights: pd.DataFrame, origin: str, dest: str) -> pd.DataFrame:
    return flights[(flights["origin"] == origin) & (flights["dest"] == dest)]


def expected(route: pd.DataFrame, carrier: str, sched_dep_min: float) -> dict[str, float | None]:
    """What a route's flights let one expect of the next: miles, scheduled minutes gate to gate, seats.

    The scheduled minutes are the median of the carrier's flights nearest in time of day.
    """
    own = route[route["carrier"] == carrier]
    nearest = (own["sched_dep_min"] - sched_dep_min).abs().nsmallest(NEAREST).index
    return {
        "distance": known(route["distance"].mode().iloc[0]),
        "sched_block": known(own.loc[nearest, "sched_block"].median()),
        "seats": known(own["seats"].median()),
    }


def ground_minutes(route: pd.DataFrame) -> float | None:
    """Minutes that timetables leave beyond those in the air, for taxiing; None where no flight tells."""
    return known((route["sched_block"] - route[TARGET]).median())


def known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def judges(landed: pd.DataFrame, origin: str, dest: str, distance: float) -> pd.DataFrame:
    """The flights to judge a model by: the route's, or where they are few, all from there about as far."""
    route = on_route(landed, origin, dest)
    if len(route) >= ENOUGH:
        return route
    return landed[(landed["origin"] == origin) & ((landed["distance"] / distance - 1).abs() <= SIMILAR)]


@dataclass(frozen=True)
class Spread:
    """How many minutes longer (or, below zero, shorter) flights took than a model said."""

    flights: int
    low: float
    quarter: float
    middle: float
    three_quarters: float
    high: float

    @property
    def leans(self) -> bool:
        """Whether the model errs to one side: three flights in four there, and by minutes that matter."""
        return abs(self.middle) >= LEANING and self.quarter * self.three_quarters > 0


def spread(errors: pd.Series) -> Spread | None:
    """Eight in ten of the errors lie between low and high; None where they are too few to say."""
    if len(errors) < FEWEST:
        return None
    return Spread(len(errors), *errors.quantile([0.1, 0.25, 0.5, 0.75, 0.9]))


def by_day(route: pd.DataFrame) -> pd.DataFrame:
    """For each day how many flights landed, and their shortest, median and longest minutes in the air."""
    minutes = route.groupby("date")[TARGET]
    return minutes.agg(flights="size", shortest="min", median="median", longest="max").reset_index()
