"""A package for those who speak MLflow: `mlflow.pyfunc.load_model` and `mlflow models serve` open it, verified like any other.

    mlflow models serve --env-manager local --model-uri models:/flighttime-package@version-7
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from flighttime import environment
from flighttime import package
from flighttime import signing
from flighttime.compiled import Compiled
from flighttime.features import CATEGORIES
from flighttime.features import FEATURES
from flighttime.features import NUMBERS

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.models.model import ModelInfo

NAME = "flighttime-package"


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
    from flighttime import tracking

    client, alias = tracking.store(), f"version-{version}"
    # No two signatures are the same, even of the same files.
    signature = package.digest(folder / signing.SIGNATURE)
    if registered(client, alias) == signature:
        return
    run = tracking.find(version).run_id
    logged = log(folder, run)
    if not client.search_registered_models(f"name = '{NAME}'"):
        client.create_registered_model(NAME)
    made = client.create_model_version(NAME, logged.model_uri, run, tags={"signature": signature}, model_id=logged.model_id)
    client.set_registered_model_alias(NAME, alias, made.version)


def registered(client: "MlflowClient", alias: str) -> str | None:
    """The digest of the signature of the package that an alias stands for; None where it stands for none yet."""
    from mlflow.exceptions import MlflowException

    try:
        return client.get_model_version_by_alias(NAME, alias).tags.get("signature")
    except MlflowException as problem:
        if problem.error_code in ("INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST"):
            return None
        raise


def log(folder: Path, run: str) -> "ModelInfo":
    import mlflow
    from mlflow import pyfunc
    from mlflow.models import Model
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec
    from mlflow.types import Schema

    from flighttime import checkout
    from flighttime import tracking

    mlflow.set_experiment(tracking.NAME)
    example = pd.DataFrame(package.read(folder / "examples.json"))[FEATURES].head(1)
    numbers = [ColSpec("double", name, required=False) for name in NUMBERS]
    inputs = Schema([*(ColSpec("string", name) for name in CATEGORIES), *numbers])
    return Model.log(
        artifact_path=None,
        name="package",
        flavor=pyfunc,
        run_id=run,
        loader_module=__name__,
        data_path=str(folder),
        input_example=example,
        signature=ModelSignature(inputs=inputs, outputs=Schema([ColSpec("double")])),
        pip_requirements=str(checkout.REQUIREMENTS),
    )
