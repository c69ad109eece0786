"""The simplest forecast worth beating: the median of the route's recent flights."""

from datetime import date
from datetime import timedelta
from math import nan

import pandas as pd

from flighttime.features import TARGET
from groundcrew import settings

ROUTE = ["origin", "dest"]


def route_median(history: pd.DataFrame, day: date, flights: pd.DataFrame) -> pd.Series:
    """Minutes for `flights`, from what had been published by `day` in `history`.

    A route without recent flights gets its distance times the usual minutes a mile.
    """
    since = pd.Timestamp(day) - timedelta(days=settings.section("baseline")["window_days"])
    published = history["published"] <= pd.Timestamp(day)
    landed = history[TARGET].notna() & (history["date"] >= since) & published
    recent = history.loc[landed, [*ROUTE, "distance", TARGET]]
    medians = recent.groupby(ROUTE)[TARGET].median().rename("median").reset_index()
    usual = flights["distance"] * (recent[TARGET] / recent["distance"]).median()
    found = flights[ROUTE].merge(medians, on=ROUTE, how="left")["median"].set_axis(flights.index)
    return found.fillna(usual)


def daily_error(history: pd.DataFrame, landed: pd.DataFrame) -> float:
    """The mean absolute error of a route median that is computed again every morning."""
    days = [
        route_median(history, day.date(), flights) - flights[TARGET]
        for day, flights in landed.groupby("date")
    ]
    return float(pd.concat(days).abs().mean(skipna=False)) if days else nan
