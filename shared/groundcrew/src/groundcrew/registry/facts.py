"""Summaries of a run in words, by section, for pages, comparisons and model cards."""

from typing import TYPE_CHECKING

from groundcrew import addresses
from groundcrew.registry.address import address
from groundcrew.registry.found_runs import run

if TYPE_CHECKING:
    from mlflow.entities import Run

MEASURED = {
    "Mean error": "{mae:.2f} minutes",
    "Mean error of the route's median": "{route_median_mae:.2f} minutes",
    "Mean of errors with their sign": "{bias:+.2f} minutes",
    "Measured on": "{holdout_flights:,.0f} flights of the days after",
}
TRAINED_ON = "{trained_flights:,.0f} flights, {trained_from} to {trained_until}"
MADE_FROM = {
    "As of": "{today}",
    "Trained on": TRAINED_ON,
    "Data version": "{data_version}",
    "Data": "SHA-256 {data_digest:.12}…",
    "Commit": "{commit}",
    "Changed since that commit": "{changed}",
    "requirements.txt": "SHA-256 {requirements:.12}…",
    "groundcrew": "{groundcrew}",
    "Python": "{python}",
    "Numerics": "{numerics}",
    "Platform": "{platform}",
    "The model itself": "SHA-256 {model_digest:.12}…",
}


def model_facts(version: str, since: str = "not recorded") -> dict[str, dict[str, str]]:
    """What the registry says of a version that is in production `since`, by section."""
    made_by = run(version)
    trained_on = fact(TRAINED_ON, recorded(made_by))
    short = {"Version": version, "In production since": since, "Trained on": trained_on}
    return {"In short": short, **run_facts(made_by)}


def run_facts(run: "Run") -> dict[str, dict[str, str]]:
    """What the registry says of a run, by section; "not on record" for what older code left out."""
    values = recorded(run)
    return {
        "Measured": {name: fact(form, values) for name, form in MEASURED.items()},
        "Mean error by slice": slice_facts(run.data.metrics),
        "Made from": {
            "Run": run_address(run),
            **{name: fact(form, values) for name, form in MADE_FROM.items()},
        },
        "Settings": dict(sorted(run.data.params.items())),
    }


def slice_facts(metrics: dict[str, float]) -> dict[str, str]:
    """The mean error of each slice, from metrics named mae/SLICE and flights/SLICE."""
    names = [name.removeprefix("mae/") for name in metrics if name.startswith("mae/")]
    # Sort 500-1000 miles before 1000-2000.
    names.sort(key=lambda name: (name.partition("/")[0], len(name), name))
    form = "{:.2f} minutes, {:,.0f} flights"
    return {name: form.format(metrics[f"mae/{name}"], metrics[f"flights/{name}"]) for name in names}


def recorded(run: "Run") -> dict[str, object]:
    return {**run.data.tags, **run.data.metrics}


def fact(form: str, values: dict[str, object]) -> str:
    try:
        return form.format_map(values)
    except KeyError:
        return "not on record"


def run_address(run: "Run") -> str:
    """The address of a run's page on an MLflow server; without a server, its id."""
    server = addresses.link(address())
    if not server.startswith("http"):
        return run.info.run_id
    return f"{server}/#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}"
