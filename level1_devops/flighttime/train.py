"""Fit the model on the recent past, measure it on the newest days, and hand it off.

python -m flighttime.train [--today 2013-03-01] [--out FOLDER] [--refit]
"""

from datetime import date
from datetime import timedelta
from pathlib import Path

import pandas as pd

from flighttime import baseline
from flighttime import handoff
from flighttime import ingest
from flighttime import metrics
from flighttime import model
from flighttime.features import FEATURES
from flighttime.features import TARGET
from flighttime.model import Trained
from groundcrew import commands
from groundcrew import settings
from groundcrew import tables
from groundcrew.errors import UserError


def fit(table: pd.DataFrame, today: date, refit: bool = False) -> Trained:
    """Fit on the training window; raises NotFound if it or the holdout has no landed flight."""
    rows, holdout = split(table, today, refit)
    return Trained(model.build().fit(rows[FEATURES], rows[TARGET]), rows, holdout)


def split(table: pd.DataFrame, today: date, refit: bool = False) -> list[pd.DataFrame]:
    """The landed flights to learn from, and the holdout: the newest days; a `refit` learns both."""
    config = settings.section("training")
    cut = today - timedelta(days=config["holdout_days"])
    end = today if refit else cut
    start = end - timedelta(days=config["window_days"])
    landed = table[table[TARGET].notna() & (table["published"] <= pd.Timestamp(today))]
    return [tables.between(landed, *days, "flight landed") for days in ((start, end), (cut, today))]


def first_day(today: date) -> date:
    """The earliest day that training as of `today`, or measuring it, reads."""
    config = settings.section("training")
    window_days = max(config["window_days"], settings.section("baseline")["window_days"])
    return today - timedelta(days=config["holdout_days"] + window_days)


def measure(trained: Trained, table: pd.DataFrame, today: date) -> pd.DataFrame:
    """The holdout with two errors in minutes: the model's, and that of a median made before it."""
    cut = today - timedelta(days=settings.section("training")["holdout_days"])
    flights = trained.holdout
    return flights.assign(
        error=trained.pipeline.predict(flights[FEATURES]) - flights[TARGET],
        route_median_error=baseline.route_median(table, cut, flights) - flights[TARGET],
    )


def evaluate(trained: Trained, errors: pd.DataFrame) -> dict:
    """What the model learned from, its digest, and mean errors; a refit's are from before it."""
    return {
        "trained_from": f"{trained.rows['date'].min():%Y-%m-%d}",
        "trained_until": f"{trained.rows['date'].max():%Y-%m-%d}",
        "trained_flights": len(trained.rows),
        "model_digest": model.digest(trained.pipeline),
        **metrics.mean_errors(errors),
    }


def train(today: date, out: Path | None = None, refit: bool = False) -> Path:
    """Train as of `today` on the ingested flights; returns the folder of the hand-off."""
    table = ingest.TABLE.read(since=first_day(today))
    with commands.progress("training"):
        trained = fit(table, today)
    errors = measure(trained, table, today)
    if refit:  # measured first: a model cannot be measured on flights that it has learned from
        trained = fit(table, today, refit)
    results = evaluate(trained, errors)
    commands.notice(
        f"mean error {results['mae']:.2f} minutes on {len(errors):,} new flights "
        f"(route median: {results['route_median_mae']:.2f})",
    )
    return handoff.write(trained, results, errors, out or settings.runs() / "models" / f"{today}")


def main(
    *,
    today: commands.Today,
    out: Path | None = None,
    refit: bool = False,
) -> None:
    if out and out.exists():
        raise UserError(f"{out} exists and is not overwritten: name a folder that does not")
    commands.output("model", train(today, out, refit) / "model.skops")


if __name__ == "__main__":
    commands.run(main)
