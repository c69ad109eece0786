"""What is on record about a run, in words: for the page, for a comparison, and for whoever asks about an answer."""

import json

from mlflow.entities import Run

from flighttime import tracking


def of(version: str, since: str) -> dict[str, dict[str, str]]:
    """Everything that the record knows of a version that has been in production `since`, by section."""
    run = tracking.get(version)
    return {"In short": {"Version": version, "In production since": since, "Trained on": trained_on(run)}, **on_record(run)}


def on_record(run: Run) -> dict[str, dict[str, str]]:
    """Everything that the record knows of a run, by section."""
    tags, metrics = run.data.tags, run.data.metrics
    return {
        "Measured": {
            "Mean error": f"{metrics['mae']:.2f} minutes",
            "Mean error of the route's median": f"{metrics['route_median_mae']:.2f} minutes",
            "Mean of errors with their sign": f"{metrics['bias']:+.2f} minutes",
            "Measured on": f"{metrics['holdout_flights']:,.0f} flights of the days after",
        },
        "Mean error by slice": by_slice(metrics),
        "Made from": {
            "Run": where(run),
            "As of": tags["today"],
            "Trained on": trained_on(run),
            "Data version": tags["data_version"],
            "Data": digest(run, "data_digest"),
            "Commit": tags["commit"],
            "Changed since that commit": tags["changed"],
            "requirements.txt": digest(run, "requirements"),
            "Python": tags["python"],
            "Numerics": tags["numerics"],
            "Platform": tags["platform"],
            "The model itself": digest(run, "model_digest"),
        },
        "Settings": {name: f"{json.loads(value)}" for name, value in sorted(run.data.params.items())},
    }


def trained_on(run: Run) -> str:
    tags = run.data.tags
    return f"{run.data.metrics['trained_flights']:,.0f} flights, {tags['trained_from']} to {tags['trained_until']}"


def by_slice(metrics: dict[str, float]) -> dict[str, str]:
    names = [name.removeprefix("mae/") for name in metrics if name.startswith("mae/")]
    names.sort(key=lambda name: (name.partition("/")[0], len(name), name))  # 500-1000 miles before 1000-2000
    return {name: f"{metrics[f'mae/{name}']:.2f} minutes, {metrics[f'flights/{name}']:,.0f} flights" for name in names}


def digest(run: Run, name: str) -> str:
    return f"SHA-256 {run.data.tags[name][:12]}…"


def where(run: Run) -> str:
    """The run's address where the record is kept by a server; else its id."""
    place = tracking.address()
    if not place.startswith("http"):
        return run.info.run_id
    return f"{place}/#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}"
