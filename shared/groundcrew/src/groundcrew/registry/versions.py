"""The model registry: numbered versions of the model, their aliases, tags and lineage."""

from pathlib import Path
from typing import TYPE_CHECKING

from groundcrew.errors import NotFound
from groundcrew.errors import UserError
from groundcrew.registry import digests
from groundcrew.registry import unwritten
from groundcrew.registry.failures import user_errors
from groundcrew.registry.store import NAME
from groundcrew.registry.store import client

if TYPE_CHECKING:
    from mlflow.entities import Run
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
        model_id = logged_model(run_id)
        source = f"models:/{model_id}"
        made = registry.create_model_version(NAME, source, run_id, model_id=model_id)
    return f"{made.version}"


def logged_model(run_id: str) -> str:
    """The id of the model that a run logged; raises UserError if there is none."""
    registry = client()
    experiment = registry.get_experiment_by_name(NAME)
    models = registry.search_logged_models(
        [experiment.experiment_id] if experiment else [],
        filter_string=f"source_run_id = '{run_id}' AND name = '{MODEL}'",
    )
    if not models:
        raise UserError(f"run {run_id!r} has no model: give the id of a run that finished")
    return models[0].model_id


@unwritten.kept
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


@unwritten.kept
def recorded(run: str) -> "Run":
    """A run by its id; raises MlflowException if it does not exist."""
    return client().get_run(run)


def download(version_number: str, artifact: str) -> Path:
    """The local path of an artifact of a version's run; of its model folder for "model".

    Artifacts of a local store are not copied: do not change them. Raises UserError if the version
    or the artifact does not exist, or if a file is not the one that its run recorded.
    """
    run = run_id(version_number)
    uri = f"models:/{NAME}/{version_number}" if artifact == MODEL else f"runs:/{run}/{artifact}"
    with user_errors():
        tags = recorded(run).data.tags
        return fetch(uri, artifact, tags, f"version {version_number}")


def stored_problem(run: "Run") -> str:
    """What is wrong with the model that is stored for a run; "" if it is the one recorded."""
    name = run.info.run_id
    try:
        with user_errors():
            fetch(f"models:/{logged_model(name)}", MODEL, run.data.tags, f"run {name}")
    except UserError as problem:
        return f"{problem}"
    return ""


def fetch(uri: str, artifact: str, tags: dict[str, str], owner: str) -> Path:
    """The local path of an artifact, compared with the digests in the tags of its run."""
    # Import late, as above.
    import mlflow
    from mlflow.exceptions import MlflowException

    try:
        path = Path(mlflow.artifacts.download_artifacts(uri))
    except (MlflowException, FileNotFoundError) as problem:
        if getattr(problem, "error_code", NOT_FOUND[0]) not in NOT_FOUND:
            raise
        reason = f"the registry has no {artifact} of {owner}"
        raise UserError(f"{reason}: restore its artifacts, or train again") from None
    digests.require(tags, artifact, path)
    return path
