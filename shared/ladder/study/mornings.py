"""Two features of every flight of a year, made again on the morning of its day.

A file such as the exercise's `fresh.py` has them as functions: `usual`, the minutes that a flight
usually takes, and `yesterday`, the ratio of actual to usual minutes on the day before.
"""

import importlib.util
from collections.abc import Callable
from datetime import date
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from flighttime.features import FEATURES
from groundcrew.errors import UserError
from ladder.study.years import A_DAY
from ladder.study.years import Year

USUAL, YESTERDAY = "usual", "yesterday"
FRESH = [USUAL, YESTERDAY]
HISTORY = timedelta(days=30)  # a feature may look back so far
AFTERWARDS = timedelta(days=7)  # a table that is read again later has these days too
EVERY = 10  # mornings: on each tenth one the values are made again as training makes them

# Called with the history, the day and its flights; returns a value a flight.
Feature = Callable[[pd.DataFrame, date, pd.DataFrame], pd.Series]
Features = dict[str, Feature]  # one for each name in FRESH


def load(path: Path) -> Features:
    """The functions of a file; raises UserError if it cannot be imported or lacks one."""
    spec = importlib.util.spec_from_file_location("flighttime.fresh", path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise UserError(f"{path} is no Python file: name the one with usual() and yesterday()")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise UserError(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
    if missing := [name for name in FRESH if not callable(getattr(module, name, None))]:
        raise UserError(f"{path} has no function {missing[0]}(): define it")
    return {name: getattr(module, name) for name in FRESH}


def served(
    year: Year, feature: Feature, late: timedelta = timedelta(), since: date = date.min
) -> np.ndarray:
    """The value that each flight gets in production, from what was published that morning.

    With `late`, the value that was made so much earlier, for the same flights. NaN before `since`.
    """
    days = [day for day in all_days(year) if day >= since]
    return each_morning(year, feature, lambda morning: known_on(year, morning), days, late)


def taught(year: Year, feature: Feature, values: np.ndarray) -> np.ndarray:
    """What training makes: `values`, as served, unless a sample of mornings shows a difference."""
    sample = all_days(year)[::EVERY]
    rows = np.isin(year.days, np.array(sample, "datetime64[D]"))
    again = read_later(year, feature, sample)
    if np.allclose(again[rows], values[rows], equal_nan=True):
        return values
    return read_later(year, feature, all_days(year))


def all_days(year: Year) -> list[date]:
    """Every day but the first, before which nothing had landed."""
    return np.unique(year.days)[1:].tolist()


def read_later(year: Year, feature: Feature, days: list[date]) -> np.ndarray:
    """The value that training makes for the same mornings later, when all landings are known.

    It is the same as the served one, unless the function looks at what came later.
    """

    def everything(morning: date) -> pd.DataFrame:
        return year.flights[year.between(morning - HISTORY, morning + AFTERWARDS)]

    return each_morning(year, feature, everything, days)


def known_on(year: Year, morning: date) -> pd.DataFrame:
    """The landings that were published by this morning."""
    return year.flights.iloc[year.published_by(morning, morning - HISTORY)]


def each_morning(
    year: Year,
    feature: Feature,
    history: Callable[[date], pd.DataFrame],
    days: list[date],
    late: timedelta = timedelta(),
) -> np.ndarray:
    """One value a flight of these days; NaN on others, and where nothing was known."""
    values = np.full(len(year.flights), np.nan)
    for day in days:
        morning = day - late
        rows, landed = year.between(day, day + A_DAY), history(morning)
        if len(landed):
            values[rows] = one_morning(feature, landed, morning, year.flights.iloc[rows][FEATURES])
    return values


def one_morning(
    feature: Feature, landed: pd.DataFrame, morning: date, flights: pd.DataFrame
) -> np.ndarray:
    """The feature's values; raises UserError, with its name and the morning, if it fails."""
    name = f"{getattr(feature, '__name__', 'the feature')}() on the morning of {morning}"
    try:
        values = np.asarray(feature(landed, morning, flights), dtype="float64")
    except Exception as error:
        raise UserError(f"{name} raised {type(error).__name__}: {error}") from error
    if values.shape != (len(flights),):
        raise UserError(f"{name} must return {len(flights)} values, one a flight")
    return values
