"""Where the records of runs and the numbered models are kept, and how one of them is found."""

import logging
import os
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import mlflow
from mlflow.entities import Run
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from flighttime import journal
from flighttime import settings
from flighttime.errors import Refused

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

NAME = "flighttime"
SECONDS_TO_MAKE = 120
SECONDS_TO_ANSWER = 10


def store() -> mlflow.MlflowClient:
    """The tracking store and model registry: MLFLOW_TRACKING_URI if it is set, else a file among the runs."""
    told = os.environ.get("MLFLOW_TRACKING_URI")
    mlflow.set_tracking_uri(place := address())
    if not told:
        # mlflow writes its choice into the environment, where the next call would take it for an order.
        os.environ.pop("MLFLOW_TRACKING_URI", None)
    prepare(place, settings.runs())
    return mlflow.MlflowClient()


def address() -> str:
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{(settings.runs() / 'mlflow.db').as_posix()}"


@cache
def prepare(place: str, runs: Path) -> None:
    """Make the experiment and the registered model where there are none yet; looked at once a process."""
    for noisy in ("mlflow", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    require_reachable(place)
    # Two processes that made the store's tables at once would trip over each other.
    with journal.alone("record", SECONDS_TO_MAKE):
        client = mlflow.MlflowClient(place)
        if client.get_experiment_by_name(NAME) is None:
            # A server keeps the files itself; a folder of this machine would mean nothing to the next one.
            kept = None if place.startswith("http") else (runs / "artifacts").as_uri()
            client.create_experiment(NAME, artifact_location=kept)
        if not client.search_registered_models(f"name = '{NAME}'"):
            client.create_registered_model(NAME)


def require_reachable(place: str) -> None:
    """Say at once that nobody answers there: mlflow alone would try for four minutes."""
    if place.startswith("http"):
        try:
            httpx.head(place, timeout=SECONDS_TO_ANSWER)
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise Refused(f"the registry {shown(place)} is out of reach ({problem}): see that it runs, or mend MLFLOW_TRACKING_URI") from None


def shown(place: str) -> str:
    """Without a password."""
    return re.sub(r"//[^/]*@", "//", place)


def get(name: str) -> Run:
    """The record of a run, asked for by its id or by the number of the version that it made."""
    if len(name) < 10:
        return store().get_run(find(name).run_id)
    try:
        return store().get_run(name)
    except MlflowException:
        raise Refused(f"there is no run {name!r} on record: give the whole id of one, or a version's number") from None


def register(run_id: str) -> str:
    """Give a run's model the next version number of the registry."""
    client = store()
    (logged,) = client.search_logged_models(
        [client.get_experiment_by_name(NAME).experiment_id],
        filter_string=f"source_run_id = '{run_id}' AND name = 'model'",
    )
    source = f"models:/{logged.model_id}"
    return str(client.create_model_version(NAME, source, run_id, model_id=logged.model_id).version)


def find(version: str) -> ModelVersion:
    """A registered version; raises Refused if the registry has none of that number."""
    try:
        return store().get_model_version(NAME, version)
    except MlflowException:
        raise Refused(f"there is no version {version!r} in the registry: python -m flighttime.pipeline makes one") from None


def load(version: str) -> "Pipeline":
    """The model of a registered version."""
    # Imported where it is used: to look up which version answers takes no scikit-learn.
    from flighttime import model

    return model.load(download(version) / "model.skops")


def download(version: str) -> Path:
    """The folder with what was logged for a registered version."""
    find(version)
    return Path(mlflow.artifacts.download_artifacts(f"models:/{NAME}/{version}"))


def lineage(version: str) -> dict:
    """Where a registered version comes from: run, code, data, days and metrics."""
    run = store().get_run(find(version).run_id)
    tags = run.data.tags
    return {
        "run": run.info.run_id,
        "commit": tags["commit"],
        "changed": tags["changed"],
        "data_version": int(tags["data_version"]),
        "today": date.fromisoformat(tags["today"]),
        "requirements": tags["requirements"],
        "trained_from": tags["trained_from"],
        "trained_until": tags["trained_until"],
        "metrics": run.data.metrics,
    }
