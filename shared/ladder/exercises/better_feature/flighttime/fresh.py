"""Fresh features: what a flight usually takes, and how far yesterday was from that.

They are made again every morning, so that a model which is never retrained follows the wind.
"""

from datetime import date
from datetime import timedelta

import pandas as pd

from flighttime import baseline
from flighttime.features import TARGET

A_DAY = timedelta(days=1)
MILES = [0, 250, 500, 750, 1000, 1500, 2000, 3000, 10_000]  # wind matters more on long flights


def usual(history: pd.DataFrame, day: date, flights: pd.DataFrame) -> pd.Series:
    """Minutes that `flights` usually take, as known on the morning of `day`: their route median."""
    return baseline.route_median(history, day, flights)


def yesterday(history: pd.DataFrame, day: date, flights: pd.DataFrame) -> pd.Series:
    """Minutes over usual minutes of the day before, as known on the morning of `day`.

    The mean ratio of the flights in the same band of distances; in a band without landings that of
    all flights; and 1 if nothing landed. The usual minutes are those of the morning before.
    """
    before = day - A_DAY
    known = history["published"] <= pd.Timestamp(day)
    landed = history[known & (history["date"] == pd.Timestamp(before)) & history[TARGET].notna()]
    ratio = landed[TARGET] / usual(history, before, landed)
    found = band(flights).map(ratio.groupby(band(landed)).mean())
    return found.fillna(ratio.mean()).fillna(1.0)


def band(flights: pd.DataFrame) -> pd.Series:
    """The number of the band of distances of each flight."""
    return pd.cut(flights["distance"], MILES, labels=False)
