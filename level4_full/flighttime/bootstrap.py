"""How sure a gain is: what it would have been in other weeks, made of the same days."""

import numpy as np
import pandas as pd

WEEKS = 2000
SURE = 0.95


def interval(gains: pd.Series, days: pd.Series) -> tuple[float, float]:
    """Between what the mean gain lies in 95 of 100 such weeks, the same each time (Efron's percentile bootstrap).

    Days are drawn whole, and all the flights of a day with it: they share one wind. Of seven days it is a rough measure.
    """
    if gains.empty or gains.isna().any():
        return float("nan"), float("nan")
    by_day = gains.groupby(days.to_numpy()).agg(["sum", "size"]).to_numpy()
    drawn = np.random.default_rng(0).integers(len(by_day), size=(WEEKS, len(by_day)))
    minutes, flights = by_day[drawn].sum(axis=1).T
    low, high = np.quantile(minutes / flights, [(1 - SURE) / 2, (1 + SURE) / 2])
    return float(low), float(high)
