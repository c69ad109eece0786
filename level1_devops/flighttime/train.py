"""Fit the model on the recent past, measure it on the newest days, and write down what came of it.

    python -m flighttime.train [--today 2013-03-01] [--out FOLDER]
"""

import argparse
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from pathlib import Path

import pandas as pd
from sklearn.pipeline import Pipeline

from flighttime import baseline
from flighttime import handoff
from flighttime import ingest
from flighttime import model
from flighttime import settings
from flighttime import slices
from flighttime import steps
from flighttime.errors import Refused
from flighttime.features import FEATURES
from flighttime.features import TARGET


@dataclass(frozen=True)
class Trained:
    """A fitted model, the rows that it learned from, and those kept aside to measure it."""

    pipeline: Pipeline
    rows: pd.DataFrame
    holdout: pd.DataFrame


def fit(table: pd.DataFrame, today: date, tuned: dict | None = None) -> Trained:
    """Fit on the window before the holdout; raises Refused if either has no landed flights."""
    rows, holdout = split(table, today, tuned)
    return Trained(model.build().fit(rows[FEATURES], rows[TARGET]), rows, holdout)


def split(table: pd.DataFrame, today: date, tuned: dict | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Landed flights of the training window, and those of the newest days, by other settings if they are given."""
    tuned = tuned or settings.tuned("training")
    cut = today - timedelta(days=tuned["holdout_days"])
    start = cut - timedelta(days=tuned["window_days"])
    landed = table[table[TARGET].notna() & (table["published"] <= pd.Timestamp(today))]
    train = landed[landed["date"].between(pd.Timestamp(start), pd.Timestamp(cut), inclusive="left")]
    holdout = landed[landed["date"].between(pd.Timestamp(cut), pd.Timestamp(today), inclusive="left")]
    for name, rows, since, until in (("training", train, start, cut), ("holdout", holdout, cut, today)):
        if rows.empty:
            raise Refused(
                f"no flight landed from {since} to {until}, the {name} days: "
                "run python -m flighttime.ingest, or choose another --today",
            )
    return train, holdout


def first_day(today: date) -> date:
    """The earliest day that training as of `today`, or measuring it, looks at."""
    tuned = settings.tuned("training")
    window_days = max(tuned["window_days"], settings.tuned("baseline")["window_days"])
    return today - timedelta(days=tuned["holdout_days"] + window_days)


def measure(trained: Trained, table: pd.DataFrame, today: date) -> pd.DataFrame:
    """The holdout with the errors in minutes of each flight: the model's, and those of the route median."""
    holdout = trained.holdout
    start = today - timedelta(days=settings.tuned("training")["holdout_days"])
    return holdout.assign(
        error=trained.pipeline.predict(holdout[FEATURES]) - holdout[TARGET],
        median_error=baseline.route_median(table, start, holdout) - holdout[TARGET],
    )


def evaluate(trained: Trained, errors: pd.DataFrame) -> dict:
    """What came of it: what it learned from, a digest of the model, and its mean errors overall and by slice."""
    rows = trained.rows
    return {
        "trained_from": f"{rows['date'].min():%Y-%m-%d}",
        "trained_until": f"{rows['date'].max():%Y-%m-%d}",
        "trained_flights": len(rows),
        "model_digest": model.digest(trained.pipeline),
        "holdout_flights": len(errors),
        "mae": float(errors["error"].abs().mean()),
        "bias": float(errors["error"].mean()),
        "route_median_mae": float(errors["median_error"].abs().mean()),
        **slices.by_slice(errors),
    }


def train(today: date, out: Path | None = None) -> Path:
    """Fit on what has been ingested, as of `today`; returns where it was written down."""
    table = ingest.read(since=first_day(today))
    with steps.waiting("training"):
        trained = fit(table, today)
    errors = measure(trained, table, today)
    metrics = evaluate(trained, errors)
    steps.notice(
        f"mean error {metrics['mae']:.2f} minutes on {metrics['holdout_flights']:,} new flights "
        f"(route median: {metrics['route_median_mae']:.2f})",
    )
    return handoff.write(trained, metrics, errors, out or settings.runs() / "models" / f"{today}")


def main(arguments: argparse.Namespace) -> None:
    if arguments.out and arguments.out.exists():
        raise Refused(f"{arguments.out} exists already, and is not written over: name a folder that does not")
    steps.output("model", train(arguments.today, arguments.out) / "model.skops")


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--out", type=Path, help="the folder to write (default: models/TODAY where the state is)")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
