"""Fit the model on the recent past, measure it on the newest days, and write down what came of it.

    python -m flighttime.train [--today 2013-03-01]
"""

import argparse
import json
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from pathlib import Path

import pandas as pd
from sklearn.pipeline import Pipeline

from flighttime import baseline
from flighttime import files
from flighttime import ingest
from flighttime import model
from flighttime import settings
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


def fit(table: pd.DataFrame, today: date) -> Trained:
    """Fit on the window before the holdout; raises Refused if either has no landed flights."""
    rows, holdout = split(table, today)
    return Trained(model.build().fit(rows[FEATURES], rows[TARGET]), rows, holdout)


def split(table: pd.DataFrame, today: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Landed flights of the training window, and those of the newest days."""
    tuned = settings.tuned("training")
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


def evaluate(trained: Trained, table: pd.DataFrame, today: date) -> dict:
    """What it learned from, and its errors in minutes on the holdout, beside those of the route median."""
    rows, holdout = trained.rows, trained.holdout
    start = today - timedelta(days=settings.tuned("training")["holdout_days"])
    errors = trained.pipeline.predict(holdout[FEATURES]) - holdout[TARGET]
    median_errors = baseline.route_median(table, start, holdout) - holdout[TARGET]
    return {
        "trained_from": f"{rows['date'].min():%Y-%m-%d}",
        "trained_until": f"{rows['date'].max():%Y-%m-%d}",
        "trained_flights": len(rows),
        "holdout_flights": len(holdout),
        "mae": float(errors.abs().mean()),
        "bias": float(errors.mean()),
        "route_median_mae": float(median_errors.abs().mean()),
    }


def write(trained: Trained, metrics: dict, today: date) -> Path:
    """The hand-off: the model, what was measured, and sample inputs with the outputs they must give."""
    folder = settings.runs() / "models" / f"{today}"
    sample = trained.holdout.head(20)
    outputs = sample[["flight_id"]].assign(minutes=trained.pipeline.predict(sample[FEATURES]))
    with files.whole_folder(folder) as unfinished:
        model.save(trained.pipeline, unfinished / "model.skops")
        (unfinished / "metrics.json").write_text(json.dumps(metrics, indent=1), encoding="utf-8")
        sample[["flight_id", *FEATURES]].to_csv(unfinished / "sample_inputs.csv", index=False)
        outputs.to_csv(unfinished / "sample_outputs.csv", index=False)
    return folder


def train(today: date) -> Path:
    """Fit on what has been ingested, as of `today`; returns where it was written down."""
    table = ingest.read(since=first_day(today))
    trained = fit(table, today)
    metrics = evaluate(trained, table, today)
    steps.notice(
        f"mean error {metrics['mae']:.2f} minutes on {metrics['holdout_flights']:,} new flights "
        f"(route median: {metrics['route_median_mae']:.2f})",
    )
    return write(trained, metrics, today)


def main(arguments: argparse.Namespace) -> None:
    steps.output("model", train(arguments.today) / "model.skops")


if __name__ == "__main__":
    steps.run(main, steps.parser(__doc__))
