"""The record of every run: which code, data and settings made which model, and how good it was."""

import hashlib
import logging
import os
import subprocess
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import mlflow
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from sklearn.pipeline import Pipeline

from flighttime import model
from flighttime import settings
from flighttime.errors import Refused
from flighttime.features import FEATURES

if TYPE_CHECKING:
    from flighttime.train import Trained

NAME = "flighttime"
REQUIREMENTS = settings.ROOT / "requirements.txt"


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
    runs.mkdir(parents=True, exist_ok=True)
    client = mlflow.MlflowClient(place)
    if client.get_experiment_by_name(NAME) is None:
        # A server keeps the files itself; a folder of this machine would mean nothing to the next one.
        kept = None if place.startswith("http") else (runs / "artifacts").as_uri()
        client.create_experiment(NAME, artifact_location=kept)
    if not client.search_registered_models(f"name = '{NAME}'"):
        client.create_registered_model(NAME)


def record(trained: "Trained", metrics: dict, data_version: int, today: date) -> str:
    """Write down a run with everything that it takes to make the model again; returns the run's id."""
    store()
    mlflow.set_experiment(NAME)
    example = trained.holdout[FEATURES].head(5)
    numbers = {name: value for name, value in metrics.items() if not isinstance(value, str)}
    with mlflow.start_run(run_name=f"as of {today}") as run:
        mlflow.log_params(dict(flat_settings()))
        mlflow.log_metrics(numbers)
        mlflow.set_tags({
            **code_version(),
            "today": today,
            "data_version": data_version,
            "trained_from": metrics["trained_from"],
            "trained_until": metrics["trained_until"],
            "requirements": hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest(),
        })
        mlflow.sklearn.log_model(
            trained.pipeline,
            name="model",
            serialization_format="skops",
            skops_trusted_types=model.TRUSTED,
            signature=mlflow.models.infer_signature(example, trained.pipeline.predict(example)),
            input_example=example,
            # Without this mlflow spends twenty seconds on guessing.
            pip_requirements=str(REQUIREMENTS),
        )
    return run.info.run_id


def register(run_id: str) -> str:
    """Give a run's model the next version number of the registry."""
    client = store()
    (logged,) = client.search_logged_models(
        [client.get_experiment_by_name(NAME).experiment_id],
        filter_string=f"source_run_id = '{run_id}'",
    )
    source = f"models:/{logged.model_id}"
    return str(client.create_model_version(NAME, source, run_id, model_id=logged.model_id).version)


def find(version: str) -> ModelVersion:
    """A registered version; raises Refused if the registry has none of that number."""
    try:
        return store().get_model_version(NAME, version)
    except MlflowException:
        raise Refused(f"there is no version {version!r} in the registry: python -m flighttime.pipeline makes one") from None


def load(version: str) -> Pipeline:
    """The model of a registered version."""
    return model.load(download(version) / "model.skops")


def download(version: str) -> Path:
    """The folder with what was logged for a registered version."""
    find(version)
    return Path(mlflow.artifacts.download_artifacts(f"models:/{NAME}/{version}"))


def flat_settings() -> Iterator[tuple[str, object]]:
    for section, values in settings.all_tuned().items():
        yield from ((f"{section}.{name}", value) for name, value in values.items())


def code_version() -> dict[str, str]:
    """The commit of this checkout, and whether it was changed since; outside git it says so."""
    commit = git("rev-parse", "HEAD")
    if not commit:
        return {"commit": "not in git", "changed": "unknown"}
    return {"commit": commit, "changed": "yes" if git("status", "--porcelain", "--", ".") else "no"}


def git(*arguments: str) -> str:
    command = ["git", "-C", str(settings.ROOT), *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    except FileNotFoundError:
        return ""
