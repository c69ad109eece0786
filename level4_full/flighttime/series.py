"""What was measured of production, window by window: kept in the store, in the record of runs, and told to Prometheus."""

import json
import time
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from math import isfinite
from typing import TYPE_CHECKING

import sqlalchemy as sql
from mlflow.entities import Metric
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from flighttime import tracking
from flighttime.errors import Refused
from flighttime.holdings import windows
from flighttime.store import transaction

if TYPE_CHECKING:
    from flighttime.monitor import Week

RUN = "production"
A_WEEK = 7
MOST_AT_ONCE = 1000  # is what MLflow takes
SECONDS_KEPT = 5
KEEP = """
INSERT INTO windows (first, days, seen) VALUES (:first, :days, :seen)
ON CONFLICT (first, days) DO UPDATE SET seen = excluded.seen
"""
TOLD = {
    "mae": "Mean absolute error, minutes",
    "bias": "Mean error with its sign, minutes",
    "route_median_mae": "Error of the route median on the same flights, minutes",
    "ratio": "The model's error over the route median's",
    "certified": "Error that the gate found for who answered, minutes",
    "over_certified": "Error over the certified one",
    "answers": "Flights answered",
    "labels": "Answered flights that landed",
    "coverage": "Share of the answers that met their landing",
    "waiting": "Answered flights of which there is no word yet",
    "never": "Answered flights that were cancelled or diverted",
    "late": "Landings published later than the day after",
    "corrected": "Landings that were corrected",
    "unknown": "Landings that nobody had asked about",
    "failures": "Requests for a prediction that failed",
    "p50_ms": "Milliseconds within which half was answered",
    "p99_ms": "Milliseconds within which 99 of 100 were answered",
}


def store(weeks: "Iterable[Week]") -> None:
    """Keep windows, in place of what was known of them before; what has not changed is not written again."""
    told = [as_json(week) for week in weeks]
    with transaction() as connection:
        before = {(row.first, row.days): json.loads(row.seen) for row in connection.execute(sql.select(windows))}
    changed = [one for one in told if before.get((one["first"], one["days"])) != one]
    # First what may be done twice: of a step on record the newest word counts.
    log([metric for one in changed for metric in metrics(one, before.get((one["first"], one["days"]), {}))])
    with transaction() as connection:
        for one in changed:
            connection.execute(sql.text(KEEP), {"first": one["first"], "days": one["days"], "seen": json.dumps(one)})


def stored(count: int, days: int = A_WEEK) -> list[dict]:
    """The last `count` windows of so many days, oldest first, as they can be written as JSON: None is what is not known."""
    newest = sql.select(windows.c.seen).where(windows.c.days == days).order_by(windows.c.first.desc())
    with transaction() as connection:
        return [json.loads(seen) for seen in connection.scalars(newest.limit(count))][::-1]


def as_json(week: "Week") -> dict:
    named = {"ratio": week.ratio, "coverage": week.coverage, "over_certified": week.over_certified}
    return known(asdict(week) | named | {"first": f"{week.first}"})


def known(value: object) -> object:
    """JSON has no word for what is no number."""
    if isinstance(value, dict):
        return {name: known(one) for name, one in value.items()}
    return None if isinstance(value, float) and not isfinite(value) else value


def metrics(window: dict, before: dict) -> list[Metric]:
    """What is not as it was before, each at the number of its week (or day): the newest word at a step counts."""
    step, now, was = date.fromisoformat(window["first"]).toordinal() // window["days"], int(1000 * time.time()), numbers(before)
    return [Metric(name, float(value), now, step) for name, value in numbers(window).items() if was.get(name) != value]


def numbers(window: dict) -> dict[str, float]:
    """All of a window's numbers, flat; those of a day are told apart from a week's."""
    if not window:
        return {}
    found = {name: window[name] for name in TOLD}
    found |= {f"mae/{name}": mae for name, mae in window["slices"].items()}
    found |= {f"{kind}/{name}": one[kind] for name, one in window["drift"].items() for kind in one}
    prefix = "" if window["days"] == A_WEEK else "day/"
    return {f"{prefix}{name}": value for name, value in found.items() if value is not None}


def log(found: list[Metric]) -> None:
    if not found:
        return
    client = tracking.store()
    experiment = client.get_experiment_by_name(tracking.NAME).experiment_id
    runs = client.search_runs([experiment], f"attributes.run_name = '{RUN}'", max_results=1)
    run_id = (runs[0] if runs else client.create_run(experiment, run_name=RUN)).info.run_id
    for place in range(0, len(found), MOST_AT_ONCE):
        client.log_batch(run_id, found[place : place + MOST_AT_ONCE], synchronous=True)


class Newest(Collector):
    """The newest week, read when somebody asks and then kept for some seconds; nothing of it where the store is lost."""

    def __init__(self) -> None:
        self.read, self.windows = -float("inf"), []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        if time.monotonic() - self.read > SECONDS_KEPT:
            try:
                self.windows = stored(1)
            except Refused:
                self.windows = []
            self.read = time.monotonic()
        for window in self.windows:
            yield from gauges(window)


def gauges(window: dict) -> Iterator[GaugeMetricFamily]:
    began = date.fromisoformat(window["first"]).toordinal() - date(1970, 1, 1).toordinal()
    yield GaugeMetricFamily("flighttime_week_first", "When the newest week began that was measured", value=86_400 * began)
    for name, what in TOLD.items():
        if window[name] is not None:
            yield GaugeMetricFamily(f"flighttime_week_{name}", what, value=window[name])
    given = labelled("versions", "Flights answered, by version", ["model"], {(name,): n for name, n in window["versions"].items()})
    errors = labelled("slice_mae", "Error by slice, minutes", ["slice"], {(name,): mae for name, mae in window["slices"].items()})
    moved = {(name, kind): value for name, one in window["drift"].items() for kind, value in one.items() if value is not None}
    ages = {(name,): days for name, days in window["ages"].items() if days is not None}
    yield labelled("age_days", "Days since the newest landing, inputs, and what the champion learned from", ["of"], ages)
    yield from (given, errors, labelled("drift", "How far an input is from what was learned", ["input", "statistic"], moved))


def labelled(name: str, what: str, labels: list[str], values: dict[tuple, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"flighttime_week_{name}", what, labels=labels)
    for one, value in values.items():
        family.add_metric(one, value)
    return family


REGISTRY = CollectorRegistry()
REGISTRY.register(Newest())
