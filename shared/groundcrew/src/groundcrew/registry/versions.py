"""The model registry: numbered versions of the model, their aliases, tags and lineage."""

from pathlib import Path
from typing import TYPE_CHECKING

from groundcrew.errors import NotFound
from groundcrew.errors import UserError
from groundcrew.registry.store import NAME
from groundcrew.registry.store import client
from groundcrew.registry.store import user_errors

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion

MODEL = "model"
# MLflow's codes for a name that does not exist, or that cannot be one.
NOT_FOUND = ["RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"]


def register(run_id: str) -> str:
    """Give the model of a run the next version number, and return it.

    Raises UserError if the run has no model.
    """
    registry = client()
    with user_errors():
        experiment = registry.get_experiment_by_name(NAME)
        models = registry.search_logged_models(
            [experiment.experiment_id] if experiment else [],
            filter_string=f"source_run_id = '{run_id}' AND name = '{MODEL}'",
        )
        if not models:
            reason = f"run {run_id!r} has no model"
            raise UserError(f"{reason}: give the id of a run that finished")
        model_id = models[0].model_id
        source = f"models:/{model_id}"
        made = registry.create_model_version(NAME, source, run_id, model_id=model_id)
    return str(made.version)


def version(number: str) -> "ModelVersion":
    """A registered version; raises UserError if it does not exist."""
    # Import late: MLflow takes seconds to load.
    from mlflow.exceptions import MlflowException

    registry = client()
    with user_errors():
        try:
            return registry.get_model_version(NAME, number)
        except MlflowException as problem:
            if problem.error_code not in NOT_FOUND:
                raise
    reason = f"there is no version {number!r} in the registry"
    raise NotFound(f"{reason}: python -m {NAME}.pipeline makes one")


def run_id(version_number: str) -> str:
    """The id of the run that made a version; raises UserError if the version does not exist."""
    return str(version(version_number).run_id)


def download(version_number: str, artifact: str) -> Path:
    """The local path of an artifact of a version's run; of its model folder for "model".

    Artifacts of a local store are not copied: do not change them. Raises UserError if the version
    or the artifact does not exist.
    """
    # Import late, as above.
    import mlflow
    from mlflow.exceptions import MlflowException

    run = run_id(version_number)
    uri = f"models:/{NAME}/{version_number}" if artifact == MODEL else f"runs:/{run}/{artifact}"
    with user_errors():
        try:
            return Path(mlflow.artifacts.download_artifacts(uri))
        except (MlflowException, FileNotFoundError) as problem:
            if getattr(problem, "error_code", NOT_FOUND[0]) not in NOT_FOUND:
                raise
    reason = f"the registry has no {artifact} of version {version_number}"
    raise UserError(f"{reason}: restore its artifacts, or train again")
