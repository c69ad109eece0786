"""Try other training windows on past weeks, and tell how each would have done; nothing is changed by it.

    python -m flighttime.tune [--today 2013-06-01]
"""

import argparse
from datetime import date
from datetime import timedelta
from functools import partial
from itertools import product

import pandas as pd

from flighttime import compute
from flighttime import ingest
from flighttime import settings
from flighttime import steps
from flighttime import train
from flighttime.features import FEATURES
from flighttime.features import TARGET


def tune(today: date) -> pd.DataFrame:
    """The mean error in minutes of each window, a row a fold: trained on what came before a week, measured on it."""
    windows, weeks = settings.tuned("tuning")["window_days"], settings.tuned("tuning")["weeks"]
    days = [today - timedelta(weeks=back) for back in reversed(range(weeks))]
    table = ingest.read(since=days[0] - timedelta(weeks=1, days=max(windows)))
    needed = table[["date", "published", *FEATURES, TARGET]]
    return pd.DataFrame(compute.each(partial(try_out, needed), product(windows, days)))


def try_out(table: pd.DataFrame, fold: tuple[int, date]) -> dict:
    window_days, day = fold
    trained = train.fit(table, day, {"window_days": window_days, "holdout_days": 7})
    error = trained.pipeline.predict(trained.holdout[FEATURES]) - trained.holdout[TARGET]
    return {"window_days": window_days, "until": day, "flights": len(trained.rows), "mean_error": error.abs().mean()}


def main(arguments: argparse.Namespace) -> None:
    tried = tune(arguments.today).pivot(index="window_days", columns="until", values="mean_error")
    print(tried.assign(mean=tried.mean(axis=1)).round(2).to_string())


if __name__ == "__main__":
    steps.run(main, steps.parser(__doc__))
