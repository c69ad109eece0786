"""Experiment tracking: find a run again, by its id or by the version that it made."""

from typing import TYPE_CHECKING

from groundcrew.errors import NotFound
from groundcrew.errors import UserError
from groundcrew.registry import versions
from groundcrew.registry.address import DATABASE
from groundcrew.registry.failures import user_errors

if TYPE_CHECKING:
    from mlflow.entities import Run

MAX_VERSION_LENGTH = 9


def run(name: str) -> "Run":
    """The run with this id, or the run that made the registered version of this number.

    Raises UserError if no such run exists.
    """
    # Import late: MLflow takes seconds to load.
    from mlflow.exceptions import MlflowException

    run_id = versions.run_id(name) if len(name) <= MAX_VERSION_LENGTH else name
    with user_errors():
        try:
            return versions.recorded(run_id)
        except MlflowException as problem:
            if problem.error_code not in versions.NOT_FOUND:
                raise
    if run_id != name:
        reason = f"the run of version {name} was removed from the registry"
        raise UserError(f"{reason}: restore {DATABASE} from a backup, or train again")
    reason = f"there is no run {name!r} in the registry"
    raise NotFound(f"{reason}: give the whole id of a run, or the number of a version")
