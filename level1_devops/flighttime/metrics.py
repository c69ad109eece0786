"""How good a model is: mean errors overall and by slice, since a mean can hide a bad slice."""

from collections.abc import Iterator

import pandas as pd

MILES = [0, 500, 1000, 2000, 6000]
BANDS = [f"{low}-{high}" for low, high in zip(MILES, MILES[1:], strict=False)]
MIN_FLIGHTS = 50  # the mean error of fewer flights is mostly chance


def mean_errors(errors: pd.DataFrame) -> dict[str, float]:
    """Mean absolute error, bias and the route median's error, in minutes; then each slice."""
    return {
        "holdout_flights": len(errors),
        "mae": float(errors["error"].abs().mean()),
        "bias": float(errors["error"].mean()),
        "route_median_mae": float(errors["route_median_error"].abs().mean()),
        **by_slice(errors),
    }


def by_slice(errors: pd.DataFrame) -> dict[str, float]:
    """Mean absolute error and number of flights of each large slice: `mae/carrier/UA`."""
    found: dict[str, float] = {}
    for name, flights in slices(errors):
        if len(flights) >= MIN_FLIGHTS:
            found[f"mae/{name}"] = float(flights["error"].abs().mean())
            found[f"flights/{name}"] = len(flights)
    return found


def slices(flights: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The flights of each carrier, each origin and each distance band, with the slice's name."""
    bands = pd.cut(flights["distance"], MILES, labels=BANDS)
    kinds = {"carrier": flights["carrier"], "origin": flights["origin"], "miles": bands}
    for kind, values in kinds.items():
        for value, group in flights.groupby(values, observed=True):
            yield f"{kind}/{value}", group
