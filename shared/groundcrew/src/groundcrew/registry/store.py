"""Where runs and registered models are kept, and how to reach that store."""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from groundcrew import locks
from groundcrew import settings
from groundcrew.commands import system_errors
from groundcrew.errors import UserError
from groundcrew.registry import creation

if TYPE_CHECKING:
    from mlflow import MlflowClient

NAME = "flighttime"
CREATE_SECONDS = 120
TIMEOUT_SECONDS = 10
OUT_OF_REACH = ["INTERNAL_ERROR", "TEMPORARILY_UNAVAILABLE"]  # MLflow's codes
MLFLOW_VARIABLES = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    # Downloads take milliseconds: progress bars would only fill the logs of workflows.
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # The address of a run's page may hold a password.
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
PASSWORD = re.compile(r"//[^/\s]*@")


def client() -> "MlflowClient":
    """A client of the tracking store and model registry, which are created if they do not exist.

    Their address is MLFLOW_TRACKING_URI, or else a SQLite file in `settings.runs()`.
    Raises UserError if the server at the address does not answer.
    """
    # Import late: MLflow takes seconds to load.
    import mlflow

    configured, uri = os.environ.get("MLFLOW_TRACKING_URI"), address()
    with user_errors():
        mlflow.set_tracking_uri(uri)
        if not configured:
            # MLflow sets the variable, which a later call would take for a person's choice.
            os.environ.pop("MLFLOW_TRACKING_URI", None)
        create(uri, settings.runs())
        return mlflow.MlflowClient()


def address() -> str:
    """The address of the tracking store and registry; it may hold a password."""
    default = f"sqlite:///{(settings.runs() / 'mlflow.db').as_posix()}"
    return os.environ.get("MLFLOW_TRACKING_URI", "").strip() or default


def shown(address: str) -> str:
    """An address, or a text with addresses, without user names and passwords."""
    return PASSWORD.sub("//", address)


@contextmanager
def user_errors() -> Iterator[None]:
    """Turn a failure of MLflow or its store in the block into a UserError with the address."""
    from mlflow.exceptions import MlflowException  # late, as above
    from requests import RequestException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except MlflowException as problem:
        if problem.error_code in OUT_OF_REACH:
            raise unreachable(problem) from None
        raise failure("refused a request", problem) from None
    except (RequestException, SQLAlchemyError, ImportError) as problem:
        raise unreachable(problem) from None


def unreachable(problem: Exception) -> UserError:
    refusal = shown(system_errors.in_words(problem))
    return UserError(refusal) if refusal else failure("is out of reach", problem)


def failure(what: str, problem: Exception) -> UserError:
    first_line = shown(str(problem)).partition("\n")[0]
    reason = f"the registry {shown(address())} {what} ({first_line})"
    return UserError(f"{reason}: check that it runs, or correct MLFLOW_TRACKING_URI")


@cache
def create(uri: str, runs: Path) -> None:
    """Create the experiment and the registered model if they do not exist; once a process."""
    import mlflow

    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    require_answer(uri)
    with locks.exclusive("registry", CREATE_SECONDS), creation.whole(uri, runs / "artifacts"):
        store = mlflow.MlflowClient(uri)
        if store.get_experiment_by_name(NAME) is None:
            # A server stores the artifacts itself: a local folder means nothing to other machines.
            folder = None if uri.startswith("http") else (runs / "artifacts").as_uri()
            store.create_experiment(NAME, artifact_location=folder)
        if not store.search_registered_models(f"name = '{NAME}'"):
            store.create_registered_model(NAME)


def require_answer(uri: str) -> None:
    """Raise UserError at once if no server answers: MLflow alone would retry for four minutes."""
    if not uri.lower().startswith("http"):
        return
    import httpx

    try:
        httpx.head(uri, timeout=TIMEOUT_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        raise unreachable(problem) from None
