"""A past year: its landed flights, and the errors on them of models of any day."""

from collections.abc import Iterator
from datetime import date
from datetime import timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from flighttime import baseline
from flighttime import train
from flighttime.features import CATEGORIES
from flighttime.features import FEATURES
from flighttime.features import NUMBERS
from flighttime.features import TARGET
from groundcrew import settings
from groundcrew import trees
from groundcrew.errors import UserError

A_DAY = timedelta(days=1)
BLOCK_WEEKS = 8
COLUMNS = ["date", "published", *FEATURES, TARGET]


class Model(NamedTuple):
    """The model of a day: measured on the newest days, or refitted, which learned from them too."""

    day: date
    refit: bool = False

    def __str__(self) -> str:
        return f"{self.day} refitted" if self.refit else f"{self.day}"

    @staticmethod
    def named(text: str) -> "Model":
        """The model that `text` was made from."""
        day, _, refitted = text.partition(" ")
        return Model(date.fromisoformat(day), bool(refitted))

    @property
    def learned_until(self) -> date:
        """The first day that the model has not learned from."""
        return self.day if self.refit else holdout_start(self.day)


class Year:
    """The landed flights, sorted by day; each model is trained on first use, its errors cached."""

    def __init__(self, table: pd.DataFrame) -> None:
        landed = table.loc[table[TARGET].notna(), COLUMNS]
        if landed.empty:
            raise UserError(
                "no flight has landed yet, so there is no year to replay: "
                "run python -m flighttime.ingest"
            )
        self.flights = landed.sort_values("date", kind="stable", ignore_index=True)
        self.days = self.flights["date"].to_numpy().astype("datetime64[D]")
        self.published = self.flights["published"].to_numpy().astype("datetime64[D]")
        self.minutes = self.flights[TARGET].to_numpy()
        self.errors_by_model: dict[Model, np.ndarray] = {}

    @property
    def last(self) -> date:
        """The last day with a landed flight."""
        return self.days[-1].item()

    def between(self, first: date, until: date) -> slice:
        """The rows of the flights from `first` on and before `until`."""
        return slice(*np.searchsorted(self.days, [np.datetime64(first), np.datetime64(until)]))

    def published_by(self, today: date, first: date) -> np.ndarray:
        """The rows of the flights from `first` on whose landings were published by `today`."""
        rows = self.between(first, today)
        published = self.published[rows] <= np.datetime64(today)
        return np.arange(rows.start, rows.stop)[published]

    def training_rows(self, model: Model) -> slice:
        """The rows of the training window of a model."""
        window = timedelta(days=settings.section("training")["window_days"])
        return self.between(model.learned_until - window, model.learned_until)

    def errors(self, model: Model) -> np.ndarray:
        """Absolute errors in minutes of a model; NaN on the days up to which it has learned."""
        if model not in self.errors_by_model:
            self.errors_by_model[model] = self._errors(model)
        return self.errors_by_model[model]

    def _errors(self, model: Model) -> np.ndarray:
        history = self.flights[self.between(train.first_day(model.day), model.day)]
        pipeline = train.fit(history, model.day, model.refit).pipeline
        compiled = trees.compile(pipeline, CATEGORIES, NUMBERS)
        unseen = self.between(model.learned_until, self.last + A_DAY)
        errors = np.full(len(self.flights), np.nan)
        minutes = compiled.predict(self.flights[unseen][FEATURES])
        errors[unseen] = abs(minutes - self.minutes[unseen])
        return errors

    @cached_property
    def median_errors(self) -> np.ndarray:
        """Absolute errors of the route median of each morning; NaN on the first day."""
        errors = np.full(len(self.flights), np.nan)
        window = timedelta(days=settings.section("baseline")["window_days"])
        for day in np.unique(self.days)[1:]:
            morning = day.item()
            today = self.between(morning, morning + A_DAY)
            recent = self.between(morning - window, morning)
            forecast = baseline.route_median(self.flights[recent], morning, self.flights[today])
            errors[today] = abs(forecast - self.minutes[today])
        return errors


def holdout_start(trained: date) -> date:
    """The first day of the holdout, which the model trained as of a day has not learned from."""
    return trained - timedelta(days=settings.section("training")["holdout_days"])


def resample(table: pd.DataFrame, seed: int, block_weeks: int = BLOCK_WEEKS) -> pd.DataFrame:
    """Another possible year: a block bootstrap of the weeks of `table`.

    Each block is `block_weeks` consecutive weeks, so that flights that shared one weather stay
    together; the seasons come at other times, and in jumps. Equal seeds give equal years. Raises
    UserError where the table is no longer than one block.
    """
    first = table["date"].min()
    # Drop the last, incomplete week: it would look like days without flights.
    count = ((table["date"].max() - first).days + 1) // 7
    if count <= block_weeks:
        raise UserError(
            f"the table has {count} whole weeks, and one block takes {block_weeks}: "
            "ingest more weeks before you resample them"
        )
    weeks = (table["date"] - first).dt.days // 7
    moved = [
        shift(table[weeks == old], 7 * (new - old))
        for new, old in enumerate(draw_weeks(seed, count, block_weeks))
    ]
    return pd.concat(moved, ignore_index=True)


def draw_weeks(seed: int, count: int, block_weeks: int) -> Iterator[int]:
    """The numbers of `count` weeks, in blocks of consecutive weeks that start at random."""
    random = np.random.default_rng(seed)
    for done in range(0, count, block_weeks):
        begin = int(random.integers(0, count - block_weeks + 1))
        yield from range(begin, begin + min(block_weeks, count - done))


def shift(flights: pd.DataFrame, days: int) -> pd.DataFrame:
    """The flights with their days moved by `days`, both of departure and of publication."""
    by = pd.Timedelta(days=days)
    return flights.assign(date=flights["date"] + by, published=flights["published"] + by)
