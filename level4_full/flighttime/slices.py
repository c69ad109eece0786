"""Errors by carrier, origin and distance: a good average can hide those for whom a model is bad."""

import pandas as pd

MILES = [0, 500, 1000, 2000, 6000]
LEAST_FLIGHTS = 50  # the mean of fewer says little


def by_slice(errors: pd.DataFrame) -> dict[str, float]:
    """Mean absolute error in minutes, and flights, of each slice with enough of them: `mae/carrier/UA`."""
    found = {}
    for name, flights in sliced(errors):
        if len(flights) >= LEAST_FLIGHTS:
            found |= {f"mae/{name}": float(flights["error"].abs().mean()), f"flights/{name}": len(flights)}
    return found


def sliced(errors: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Every slice with its name."""
    kinds = {"carrier": errors["carrier"], "origin": errors["origin"], "miles": bands(errors["distance"])}
    return [
        (f"{kind}/{value}", flights)
        for kind, values in kinds.items()
        for value, flights in errors.groupby(values, observed=True)
    ]


def bands(miles: pd.Series) -> pd.Series:
    return pd.cut(miles, MILES, labels=[f"{MILES[i]}-{MILES[i + 1]}" for i in range(len(MILES) - 1)])
