"""The simplest forecast worth beating: the median of the route's recent flights."""

from datetime import date
from datetime import timedelta

import pandas as pd

from flighttime import settings
from flighttime.features import TARGET

ROUTE = ["origin", "dest"]


def route_median(history: pd.DataFrame, until: date, flights: pd.DataFrame) -> pd.Series:
    """Minutes for `flights`, from the days before `until` in `history`.

    A route without recent flights gets its distance times the usual minutes a mile.
    """
    since = until - timedelta(days=settings.tuned("baseline")["window_days"])
    recent = history[history["date"].between(pd.Timestamp(since), pd.Timestamp(until), inclusive="left")]
    recent = recent[recent[TARGET].notna() & (recent["published"] <= pd.Timestamp(until))]
    medians = recent.groupby(ROUTE)[TARGET].median().rename("median").reset_index()
    usual = flights["distance"] * (recent[TARGET] / recent["distance"]).median()
    found = flights[ROUTE].merge(medians, on=ROUTE, how="left")["median"].set_axis(flights.index)
    return found.fillna(usual)
