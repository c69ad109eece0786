"""A rule for retraining, and the weeks of production that it decides on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pandas as pd

MONDAY = 0


@dataclass(frozen=True)
class Week:
    """A week of production for a rule: mean absolute errors in minutes, NaN without landings.

    `certified` is the champion's error on its holdout, `flights` are those that landed in the week,
    and `training` those that the champion was trained on.
    """

    first: date
    labels: int
    mae: float
    route_median_mae: float
    certified: float
    flights: pd.DataFrame
    training: pd.DataFrame

    @property
    def ratio(self) -> float:
        return self.mae / self.route_median_mae


@dataclass(frozen=True)
class Rule:
    """`retrains(weeks, today, history)` decides on the days where `asked(day)` is true.

    A model that was certified is refitted, unless `refits` is false: then its very bytes are
    released. The gate is strict, unless the rule retrains because the champion is in breach.
    """

    retrains: Callable[[list[Week], date, list[dict]], bool]
    asked: Callable[[date], bool] = lambda day: day.weekday() == MONDAY
    refits: bool = True
    strict: bool = True
