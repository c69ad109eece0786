"""Where runs and registered models are kept, and how to reach that store."""

import logging
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from groundcrew import locks
from groundcrew import settings
from groundcrew import shield
from groundcrew.registry import creation
from groundcrew.registry import places
from groundcrew.registry import replaced
from groundcrew.registry.address import DATABASE
from groundcrew.registry.address import address
from groundcrew.registry.address import default_address
from groundcrew.registry.failures import user_errors

if TYPE_CHECKING:
    from mlflow import MlflowClient

NAME = "flighttime"
CREATE_SECONDS = 120
TIMEOUT_SECONDS = 10


def client() -> "MlflowClient":
    """A client of the tracking store and model registry, which are created if they do not exist.

    Their address is MLFLOW_TRACKING_URI, or else a SQLite file in `settings.runs()`.
    Raises UserError if the server at the address does not answer.
    """
    shield.raise_shield()
    # Import late: MLflow takes seconds to load.
    import mlflow

    configured, uri = os.environ.get("MLFLOW_TRACKING_URI"), address()
    with user_errors():
        mlflow.set_tracking_uri(uri)
        # A library in the same process may have chosen another registry.
        mlflow.set_registry_uri(uri)
        if not configured:
            # MLflow sets the variable, which a later call would take for a person's choice.
            os.environ.pop("MLFLOW_TRACKING_URI", None)
        if replaced.is_replaced(uri):
            replaced.close(uri, settings.runs() / "artifacts")
            create.cache_clear()
        create(uri, settings.runs())
        return mlflow.MlflowClient()


@cache
def create(uri: str, runs: Path) -> None:
    """Create the experiment and the registered model if they do not exist; once a process."""
    import mlflow
    from mlflow.exceptions import MlflowException

    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    require_answer(uri)
    with locks.exclusive("registry", CREATE_SECONDS), creation.whole(uri, runs / "artifacts"):
        store = mlflow.MlflowClient(uri)
        # A server stores the artifacts itself: a local folder means nothing to other machines.
        folder = None if uri.startswith("http") else places.artifacts(runs).as_uri()
        if (experiment := store.get_experiment_by_name(NAME)) is None:
            store.create_experiment(NAME, artifact_location=folder)
        elif uri == default_address() and experiment.artifact_location != folder:
            places.adopt(runs / DATABASE, experiment.artifact_location)
        try:
            store.get_registered_model(NAME)  # which most commands do anyway
        except MlflowException as problem:
            if problem.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
            store.create_registered_model(NAME)
    replaced.note(uri)


def require_answer(uri: str) -> None:
    """Raise UserError at once if no server answers: MLflow alone would retry for four minutes."""
    # The library that MLflow asks with, so that both take the same way through proxies.
    import requests

    if uri.lower().startswith("http"):
        requests.head(uri, timeout=TIMEOUT_SECONDS)
