"""What is on record about a run, in words: for the page, for a comparison, and for whoever asks about an answer."""

from mlflow.entities import Run

from flighttime import tracking


def of(version: str, since: str) -> dict[str, dict[str, str]]:
    """Everything that the record knows of a version that has been in production `since`, by section."""
    run = tracking.get(version)
    return {"In short": {"Version": version, "In production since": since, "Trained on": trained_on(run)}, **on_record(run)}


def on_record(run: Run) -> dict[str, dict[str, str]]:
    """Everything that the record knows of a run, by section."""
    known = {**run.data.tags, **run.data.metrics}
    return {
        "Measured": {
            "Mean error": fact("{mae:.2f} minutes", known),
            "Mean error of the route's median": fact("{route_median_mae:.2f} minutes", known),
            "Mean of errors with their sign": fact("{bias:+.2f} minutes", known),
            "Measured on": fact("{holdout_flights:,.0f} flights of the days after", known),
        },
        "Mean error by slice": by_slice(run.data.metrics),
        "Made from": {
            "Run": where(run),
            "As of": fact("{today}", known),
            "Trained on": trained_on(run),
            "Data version": fact("{data_version}", known),
            "Data": fact("SHA-256 {data_digest:.12}…", known),
            "Commit": fact("{commit}", known),
            "Changed since that commit": fact("{changed}", known),
            "requirements.txt": fact("SHA-256 {requirements:.12}…", known),
            "Python": fact("{python}", known),
            "Numerics": fact("{numerics}", known),
            "Platform": fact("{platform}", known),
            "The model itself": fact("SHA-256 {model_digest:.12}…", known),
        },
        "Settings": dict(sorted(run.data.params.items())),
    }


def fact(form: str, known: dict) -> str:
    """The form, filled in with what is known; a record that older code wrote may have less."""
    try:
        return form.format_map(known)
    except KeyError:
        return "not on record"


def trained_on(run: Run) -> str:
    known = {**run.data.tags, **run.data.metrics}
    return fact("{trained_flights:,.0f} flights, {trained_from} to {trained_until}", known)


def by_slice(metrics: dict[str, float]) -> dict[str, str]:
    names = [name.removeprefix("mae/") for name in metrics if name.startswith("mae/")]
    names.sort(key=lambda name: (name.partition("/")[0], len(name), name))  # 500-1000 miles before 1000-2000
    return {name: f"{metrics[f'mae/{name}']:.2f} minutes, {metrics[f'flights/{name}']:,.0f} flights" for name in names}


def where(run: Run) -> str:
    """The run's address where the record is kept by a server; else its id."""
    place = tracking.address()
    if not place.startswith("http"):
        return run.info.run_id
    return f"{place}/#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}"
