"""Training as one command: ingest, validate, train, evaluate, register.

    python -m flighttime.pipeline [--today 2013-03-01]
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from flighttime import ingest
from flighttime import steps
from flighttime import tracking
from flighttime import train
from flighttime import validate


@dataclass
class Work:
    """What one step hands to the next."""

    today: date
    new: pd.DataFrame | None = None
    data_version: int | None = None
    table: pd.DataFrame | None = None
    trained: train.Trained | None = None
    metrics: dict | None = None
    version: str | None = None


def ingest_published(work: Work) -> str:
    work.new = ingest.gather(work.today, ingest.last_published())
    return f"{len(work.new):,} flights published since the last time"


def validate_new(work: Work) -> str:
    work.new = validate.check(work.new)
    if len(work.new):
        ingest.append(work.new)
    work.data_version = ingest.version()
    work.table = ingest.read(work.data_version, since=train.first_day(work.today))
    return f"{len(work.new):,} flights accepted, data version {work.data_version}"


def train_model(work: Work) -> str:
    work.trained = train.fit(work.table, work.today)
    return f"{len(work.trained.rows):,} flights learned from"


def evaluate_model(work: Work) -> str:
    work.metrics = train.evaluate(work.trained, work.table, work.today)
    return f"mean error {work.metrics['mae']:.2f} minutes (route median: {work.metrics['route_median_mae']:.2f})"


def register_model(work: Work) -> str:
    run_id = tracking.record(work.trained, work.metrics, work.data_version, work.today)
    work.version = tracking.register(run_id)
    return f"version {work.version} of the model"


STEPS: dict[str, Callable[[Work], str]] = {
    "ingest": ingest_published,
    "validate": validate_new,
    "train": train_model,
    "evaluate": evaluate_model,
    "register": register_model,
}


def run(today: date, tell: Callable[[str], None] = steps.notice) -> str:
    """Run every step as of `today`; returns the registered version. A refusal stops the pipeline there."""
    work = Work(today)
    for number, (name, step) in enumerate(STEPS.items(), start=1):
        started = time.perf_counter()
        result = step(work)
        tell(f"{number}/{len(STEPS)} {name:<9} {time.perf_counter() - started:5.1f} s  {result}")
    return work.version


def main(arguments: argparse.Namespace) -> None:
    with steps.group(f"Train as of {arguments.today}"):
        steps.output("version", run(arguments.today))


if __name__ == "__main__":
    steps.run(main, steps.parser(__doc__))
