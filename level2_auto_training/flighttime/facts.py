"""What is on record about a version, in words: for the page, and for whoever asks about an answer."""

from mlflow.entities import Run

from flighttime import tracking


def of(version: str, since: str) -> dict[str, dict[str, str]]:
    """Everything that the record knows of a version that has been in production `since`, by section."""
    run = tracking.store().get_run(tracking.find(version).run_id)
    tags, metrics = run.data.tags, run.data.metrics
    return {
        "In short": {
            "Version": version,
            "In production since": since,
            "Trained on": f"{metrics['trained_flights']:,.0f} flights, {tags['trained_from']} to {tags['trained_until']}",
        },
        "Measured": {
            "Mean error": f"{metrics['mae']:.2f} minutes, on {metrics['holdout_flights']:,.0f} flights of the days after",
            "Mean error of the route's median": f"{metrics['route_median_mae']:.2f} minutes, on the same flights",
        },
        "Made from": {
            "Run": where(run),
            "Commit": tags["commit"],
            "Changed since that commit": tags["changed"],
            "Data version": tags["data_version"],
            "Packages": f"requirements.txt with SHA-256 {tags['requirements'][:12]}…",
        },
        "Settings": dict(sorted(run.data.params.items())),
    }


def where(run: Run) -> str:
    """The run's address where the record is kept by a server; else its id."""
    place = tracking.address()
    if not place.startswith("http"):
        return run.info.run_id
    return f"{place}/#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}"
