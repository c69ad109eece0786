"""Are the models compared on flights that neither has learned from?"""

from types import SimpleNamespace
from unittest.mock import patch

import pandas as pd

from flighttime import gate
from flighttime import package
from flighttime import tracking
from flighttime.features import FEATURES
from groundcrew import registry

DAYS = pd.date_range("2013-02-15", "2013-02-21")
# The last training day of the champion and of the challenger, and the first day that is fair.
CASES = [("2013-02-18", "2013-02-14", "2013-02-19"), ("2013-01-24", "2013-02-14", "2013-02-15")]


def check() -> None:
    holdout = pd.DataFrame({"date": DAYS, "air_time": 100.0, "route_median_error": 8.0})
    holdout = holdout.assign(**dict.fromkeys(FEATURES, 1.0))
    model = SimpleNamespace(predict=lambda flights: pd.Series(108.0, index=flights.index))
    for champion, challenger, first in CASES:
        learned = {"1": {"trained_until": champion}, "2": {"trained_until": challenger}}
        with (
            patch.object(tracking, "holdout", lambda version: holdout),
            patch.object(package, "load", lambda version: model),
            patch.object(registry, "lineage", learned.__getitem__),
        ):
            used = gate.holdout_errors("2", "1")["date"].min()
        assert f"{used:%Y-%m-%d}" == first, (
            f"the champion has learned until {champion}, the challenger until {challenger}, and "
            f"they are compared on flights from {used:%Y-%m-%d} on"
        )
