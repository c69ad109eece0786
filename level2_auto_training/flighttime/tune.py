"""Try other settings on past weeks, and tell how each would have done; nothing is changed by it.

    python -m flighttime.tune [--today 2013-06-01]
"""

import argparse
from collections.abc import Iterator
from datetime import date
from datetime import timedelta
from functools import partial
from itertools import product

import mlflow
import pandas as pd
from tqdm import tqdm

from flighttime import compute
from flighttime import ingest
from flighttime import settings
from flighttime import steps
from flighttime import tracking
from flighttime import train
from flighttime.errors import Refused
from flighttime.features import FEATURES
from flighttime.features import TARGET

EXPERIMENT = "flighttime tuning"
NEEDED = ["date", "published", *FEATURES, TARGET]


def tune(today: date) -> pd.DataFrame:
    """The errors in minutes of each candidate, a row a fold: trained on what came before a week, and measured on it."""
    windows, days = candidates(), folds(today)
    data_version = ingest.version()
    longest = max(max(windows), settings.tuned("baseline")["window_days"])
    table = ingest.read(data_version, since=days[0] - timedelta(days=holdout_days() + longest))[NEEDED]
    tried = compute.each(partial(try_out, table), product(windows, days))
    told = tqdm(tried, "trying", len(windows) * len(days), unit=" folds", leave=False, disable=None)
    folded = pd.DataFrame(told)
    record(folded, data_version, today)
    return folded


def try_out(table: pd.DataFrame, fold: tuple[int, date]) -> dict:
    """Train as on a day in the past, with another window, and measure on the days that training keeps aside."""
    window_days, day = fold
    trained = train.fit(table, day, window_days)
    errors = train.measure(trained, table, day)[["error", "median_error"]].abs().mean()
    return {
        "window_days": window_days,
        "day": day,
        "flights": len(trained.rows),
        "mae": float(errors["error"]),
        "route_median_mae": float(errors["median_error"]),
    }


def candidates() -> list[int]:
    windows = settings.tuned("tuning")["window_days"]
    if not windows or any(type(days) is not int or days < 1 for days in windows):
        raise Refused(f"tuning.window_days is {windows}, not a list of numbers of days: write one such as [28, 59, 90]")
    return windows


def folds(today: date) -> list[date]:
    """The days as of which to train, the newest last: the weeks that they are measured on do not overlap."""
    number = settings.tuned("tuning")["folds"]
    if type(number) is not int or number < 1:
        raise Refused(f"tuning.folds is {number!r}, not a number of weeks: write one such as 4")
    return [today - timedelta(days=holdout_days() * back) for back in reversed(range(number))]


def holdout_days() -> int:
    return settings.tuned("training")["holdout_days"]


def summary(folded: pd.DataFrame) -> pd.DataFrame:
    """A row a candidate: its mean error over the folds, that of the worst, and that of the route median."""
    by_window = folded.groupby("window_days", sort=False)
    return pd.DataFrame({
        "mean_error": by_window["mae"].mean(),
        "worst_week": by_window["mae"].max(),
        "route_median": by_window["route_median_mae"].mean(),
        "flights": by_window["flights"].mean().round().astype(int),
    })


def record(folded: pd.DataFrame, data_version: int, today: date) -> None:
    """A run a candidate below one for the whole, apart from the runs that make models."""
    tracking.store()
    mlflow.set_experiment(EXPERIMENT)
    with mlflow.start_run(run_name=f"tuning as of {today}"):
        mlflow.set_tags({**tracking.code_version(), "today": today, "data_version": data_version})
        for window_days, weeks in folded.groupby("window_days", sort=False):
            with mlflow.start_run(run_name=f"{window_days} days", nested=True):
                mlflow.log_param("training.window_days", window_days)
                mlflow.log_metrics(summary(weeks).loc[window_days].to_dict())
                for number, mae in enumerate(weeks["mae"]):
                    mlflow.log_metric("week_mae", mae, step=number)
