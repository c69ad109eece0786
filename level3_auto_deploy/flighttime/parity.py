"""Whether what was compiled answers as what was trained: tried on flights with gaps and with codes that nobody knows."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from flighttime.compiled import Compiled
from flighttime.errors import Refused
from flighttime.features import CATEGORIES
from flighttime.features import FEATURES
from flighttime.features import NUMBERS

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

FLIGHTS = 10_000
ONE_BY_ONE = 200
GAPS = 0.05  # of the values of every column
MOST_MINUTES = 1e-9
NEVER_SEEN = "~~"


def check(model: Compiled, pipeline: "Pipeline", table: pd.DataFrame) -> float:
    """The largest difference in minutes; raises Refused with the worst flight if it is not next to nothing."""
    flights = made_from(table)
    expected = pipeline.predict(flights)
    rows = list(flights.astype("object").where(flights.notna(), None).itertuples(index=False, name=None))
    ways = {
        "as a table": model.predict(flights),
        "as rows": np.array(model.predict_rows(rows)),
        "one by one": np.array([model.predict_rows([row])[0] for row in rows[:ONE_BY_ONE]]),
    }
    off = {way: np.abs(minutes - expected[: len(minutes)]) for way, minutes in ways.items()}
    for way, differences in off.items():
        # What is no number is not equal to anything either.
        wrong = ~(differences <= MOST_MINUTES)
        if wrong.any():
            worst = int(np.nan_to_num(differences, nan=np.inf).argmax())
            raise Refused(
                f"asked {way}, the compiled model is {differences[worst]:.3g} minutes off the trained one for "
                f"{dict(zip(FEATURES, rows[worst], strict=True))}, and {wrong.sum():,} of {len(wrong):,} flights are off by "
                f"more than {MOST_MINUTES:g}: do not use it, and look for the change in scikit-learn or treelite",
            )
    return float(max(differences.max() for differences in off.values()))


def made_from(table: pd.DataFrame) -> pd.DataFrame:
    """Flights as there are in the table, the same each time, with gaps in every column and codes that no model has seen."""
    flights = table[FEATURES].sample(FLIGHTS, replace=True, random_state=0, ignore_index=True)
    chance = np.random.default_rng(0)
    for name in NUMBERS:
        flights[name] = flights[name].mask(chance.random(FLIGHTS) < GAPS)
    for name in CATEGORIES:
        flights[name] = flights[name].mask(chance.random(FLIGHTS) < GAPS, NEVER_SEEN).mask(chance.random(FLIGHTS) < GAPS)
    return flights
