"""A year that is over: what landed, and what a model or the route median made on any of its days would have erred."""

from collections.abc import Iterator
from datetime import date
from datetime import timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from flighttime import baseline
from flighttime import compiled
from flighttime import settings
from flighttime import train
from flighttime.errors import Refused
from flighttime.features import FEATURES
from flighttime.features import TARGET

A_DAY = timedelta(days=1)
WEEKS_TOGETHER = 8
NEEDED = ["date", "published", "carrier", "origin", "dest", *FEATURES[3:], TARGET]


class Year:
    """The flights that landed, by day; models are trained when they are asked for, and kept."""

    def __init__(self, table: pd.DataFrame) -> None:
        landed = table.loc[table[TARGET].notna(), NEEDED]
        if landed.empty:
            raise Refused("nothing has landed yet, so there is no year to look back on: run python -m flighttime.ingest")
        self.flights = landed.sort_values("date", kind="stable", ignore_index=True)
        self.days = self.flights["date"].to_numpy().astype("datetime64[D]")
        self.published = self.flights["published"].to_numpy().astype("datetime64[D]")
        self.minutes = self.flights[TARGET].to_numpy()
        self.made: dict[date, np.ndarray] = {}

    @property
    def last(self) -> date:
        return self.days[-1].item()

    def between(self, first: date, until: date) -> slice:
        """The flights from one day on and before another."""
        return slice(*np.searchsorted(self.days, [np.datetime64(first), np.datetime64(until)]))

    def known(self, first: date, today: date) -> np.ndarray:
        """Which flights from a day on had landed and were published in the morning of another."""
        span = self.between(first, today)
        return np.arange(span.start, span.stop)[self.published[span] <= np.datetime64(today)]

    def learned(self, trained: date) -> slice:
        """The flights that the model of a day has learned from."""
        return self.between(unseen(trained) - timedelta(days=settings.tuned("training")["window_days"]), unseen(trained))

    def errors(self, trained: date) -> np.ndarray:
        """Absolute error in minutes on every flight, of the model trained as of a day; NaN before its holdout."""
        if trained not in self.made:
            learned = slice(self.between(train.first_day(trained), trained).start, self.between(trained, trained).start)
            fitted = compiled.compile(train.fit(self.flights[learned], trained).pipeline)
            new = self.between(unseen(trained), self.last + A_DAY)
            self.made[trained] = np.full(len(self.flights), np.nan)
            self.made[trained][new] = abs(fitted.predict(self.flights[new][FEATURES]) - self.minutes[new])
        return self.made[trained]

    @cached_property
    def median_errors(self) -> np.ndarray:
        """Absolute error of the route median made anew every morning; NaN where nothing was known to make it of."""
        errors = np.full(len(self.flights), np.nan)
        memory = timedelta(days=settings.tuned("baseline")["window_days"])
        for day in np.unique(self.days)[1:]:
            morning = day.item()
            today, recent = self.between(morning, morning + A_DAY), self.between(morning - memory, morning)
            forecast = baseline.route_median(self.flights[recent], morning, self.flights[today])
            errors[today] = abs(forecast - self.minutes[today])
        return errors


def unseen(trained: date) -> date:
    """The first day that the model of a day has not learned from."""
    return trained - timedelta(days=settings.tuned("training")["holdout_days"])


def other(table: pd.DataFrame, seed: int, together: int = WEEKS_TOGETHER) -> pd.DataFrame:
    """A year that nobody has seen: the weeks of this one, some at a time, in an order that is drawn (a block bootstrap).

    Its seasons come at other times, and in jumps; what is one wind in this year stays together in that one.
    """
    first = table["date"].min()
    # Whole weeks: a hole would look like a day without flights.
    count = ((table["date"].max() - first).days + 1) // 7
    if count <= together:
        raise Refused(f"{count} weeks have passed, which can be drawn in one order only: more than {together} are needed")
    weeks = (table["date"] - first).dt.days // 7
    moved = [moved_by(table[weeks == old], 7 * (new - old)) for new, old in enumerate(drawn(seed, count, together))]
    return pd.concat(moved, ignore_index=True)


def drawn(seed: int, count: int, together: int) -> Iterator[int]:
    """So many weeks by their numbers, each run of them in its own order and begun at random."""
    random = np.random.default_rng(seed)
    for done in range(0, count, together):
        begin = int(random.integers(0, count - together + 1))
        yield from range(begin, begin + min(together, count - done))


def moved_by(flights: pd.DataFrame, days: int) -> pd.DataFrame:
    shift = pd.Timedelta(days=days)
    return flights.assign(date=flights["date"] + shift, published=flights["published"] + shift)
