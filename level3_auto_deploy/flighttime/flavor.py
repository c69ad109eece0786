"""A package for those who speak MLflow: `mlflow.pyfunc.load_model` and `mlflow models serve` open it, verified like any other.

    mlflow models serve --env-manager local --model-uri models:/flighttime-package@version-7
"""

from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
from mlflow import pyfunc
from mlflow.exceptions import MlflowException
from mlflow.models import Model
from mlflow.models import ModelSignature
from mlflow.models.model import ModelInfo
from mlflow.types import ColSpec
from mlflow.types import Schema

from flighttime import checkout
from flighttime import environment
from flighttime import package
from flighttime import signing
from flighttime import tracking
from flighttime.compiled import Compiled
from flighttime.features import CATEGORIES
from flighttime.features import FEATURES
from flighttime.features import NUMBERS

NAME = "flighttime-package"
CODES = [ColSpec("string", name) for name in CATEGORIES]
SIGNATURE = ModelSignature(
    inputs=Schema([*CODES, *(ColSpec("double", name, required=False) for name in NUMBERS)]),
    outputs=Schema([ColSpec("double")]),
)


class Packaged:
    """What MLflow asks for predictions."""

    def __init__(self, model: Compiled) -> None:
        self.model = model

    def predict(self, flights: pd.DataFrame, params: dict | None = None) -> np.ndarray:
        """Minutes in the air; a number that is left out is one that nobody knows."""
        return self.model.predict(flights.reindex(columns=FEATURES))


def _load_pyfunc(path: str) -> Packaged:
    """MLflow calls this by its name, with the folder that was logged."""
    package.verify(Path(path), name=environment.current())
    return Packaged(package.opened(Path(path)))


def register(version: str, folder: Path) -> None:
    """Log a package with the run of its version, under an alias with the version's number; once, however often asked."""
    alias, run = f"version-{version}", tracking.find(version).run_id
    # No two signatures are the same, even of the same files.
    signature = package.digest(folder / signing.SIGNATURE)
    if registered(alias) == signature:
        return
    client, logged = tracking.store(), log(folder, run)
    if not client.search_registered_models(f"name = '{NAME}'"):
        client.create_registered_model(NAME)
    made = client.create_model_version(NAME, logged.model_uri, run, tags={"signature": signature}, model_id=logged.model_id)
    client.set_registered_model_alias(NAME, alias, made.version)


def registered(alias: str) -> str | None:
    """The digest of the signature of the package that an alias stands for; None where it stands for none yet."""
    try:
        return tracking.store().get_model_version_by_alias(NAME, alias).tags.get("signature")
    except MlflowException as problem:
        if problem.error_code in ("INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST"):
            return None
        raise


def log(folder: Path, run: str) -> ModelInfo:
    mlflow.set_experiment(tracking.NAME)
    return Model.log(
        artifact_path=None,
        name="package",
        flavor=pyfunc,
        run_id=run,
        loader_module=__name__,
        data_path=str(folder),
        input_example=pd.DataFrame(package.read(folder / "examples.json"))[FEATURES].head(1),
        signature=SIGNATURE,
        # Without this mlflow spends twenty seconds on guessing.
        pip_requirements=str(checkout.REQUIREMENTS),
    )
