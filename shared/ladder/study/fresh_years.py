"""A past year whose models also know what a flight usually takes, and yesterday's ratio to that.

The model learns the ratio of actual to usual minutes: that stays near 1 in every season, while
trees cannot predict more minutes than they have seen.
"""

import copy
from datetime import timedelta

import numpy as np
import pandas as pd

from flighttime import model
from flighttime import train
from flighttime.features import CATEGORIES
from flighttime.features import FEATURES
from flighttime.features import NUMBERS
from flighttime.features import TARGET
from groundcrew import settings
from groundcrew import trees
from ladder.study import mornings
from ladder.study.mornings import FRESH
from ladder.study.mornings import USUAL
from ladder.study.mornings import Features
from ladder.study.years import A_DAY
from ladder.study.years import Model
from ladder.study.years import Year


class FreshYear(Year):
    """`flights` holds the features as served, `taught` as training makes them later.

    Models learn minutes over usual minutes, or the minutes themselves if `ratio` is false.
    """

    def __init__(self, table: pd.DataFrame, features: Features) -> None:
        super().__init__(table)
        self.features = features
        self.ratio = True
        self.compiled: dict[Model, trees.CompiledModel] = {}
        now = {name: mornings.served(self, features[name]) for name in FRESH}
        later = {name: mornings.taught(self, features[name], now[name]) for name in FRESH}
        self.taught = self.flights[[]].assign(**later)
        self.flights = self.flights.assign(**now)

    def variant(self, *, ratio: bool = True, **values: float) -> "FreshYear":
        """The same year for models with another target, or with a feature that is constant."""
        other = copy.copy(self)
        other.ratio, other.compiled, other.errors_by_model = ratio, {}, {}
        other.flights, other.taught = self.flights.assign(**values), self.taught.assign(**values)
        return other

    @property
    def skew(self) -> float:
        """The share of flights whose features in training are not those that were served."""
        pairs = (
            np.isclose(self.taught[name], self.flights[name], equal_nan=True) for name in FRESH
        )
        return 1 - float(np.logical_and(*pairs).mean())

    def trees_of(self, model: Model) -> trees.CompiledModel:
        """A model, trained on first use: the level's own, with two more columns."""
        if model not in self.compiled:
            seen = self.between(train.first_day(model.day), model.day)
            history = self.flights[seen].assign(**self.taught[seen])
            rows, *_ = train.split(history, model.day, model.refit)
            # A median of few days is not what production sees.
            window = timedelta(days=settings.section("baseline")["window_days"])
            whole = rows["date"] >= pd.Timestamp(self.days[0].item() + window)
            self.compiled[model] = fit(rows[whole], ratio=self.ratio)
        return self.compiled[model]

    def predict(self, model: Model, flights: pd.DataFrame) -> np.ndarray:
        """The minutes that a model gives for flights with their features."""
        found = self.trees_of(model).predict(flights[FEATURES + FRESH])
        return found * flights[USUAL].to_numpy() if self.ratio else found

    def _errors(self, model: Model) -> np.ndarray:
        unseen = self.between(model.learned_until, self.last + A_DAY)
        errors = np.full(len(self.flights), np.nan)
        errors[unseen] = abs(self.predict(model, self.flights[unseen]) - self.minutes[unseen])
        return errors


def fit(rows: pd.DataFrame, *, ratio: bool) -> trees.CompiledModel:
    """The level's own model, fitted on its features and the fresh ones, and compiled."""
    numbers = NUMBERS + FRESH
    pipeline = model.build()
    columns = {"categories": CATEGORIES, "numbers": numbers}
    kinds = [(name, kind, columns[name]) for name, kind, _ in pipeline["encode"].transformers]
    pipeline.set_params(encode__transformers=kinds)
    target = rows[TARGET] / rows[USUAL] if ratio else rows[TARGET]
    return trees.compile(pipeline.fit(rows[FEATURES + FRESH], target), CATEGORIES, numbers)
