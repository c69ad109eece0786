"""The address of the tracking store and model registry."""

import os

from groundcrew import files
from groundcrew import settings

DATABASE = "mlflow.db"


def address() -> str:
    """The address of the tracking store and registry; it may hold a password.

    It is MLFLOW_TRACKING_URI, or else a SQLite file in the state.
    """
    return os.environ.get("MLFLOW_TRACKING_URI", "").strip() or default_address()


def default_address() -> str:
    return files.sqlite_url(settings.runs() / DATABASE)
