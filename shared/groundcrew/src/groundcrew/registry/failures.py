"""Errors of MLflow and its store, as one line for a person, in the words of what failed."""

from collections.abc import Iterator
from contextlib import contextmanager

from groundcrew.addresses import shown
from groundcrew.addresses import shown_in
from groundcrew.commands import system_errors
from groundcrew.errors import UserError
from groundcrew.registry.address import address

# MLflow's codes: an error that it does not explain, and one of the database.
UNEXPLAINED, DATABASE_FAILED = "INTERNAL_ERROR", "TEMPORARILY_UNAVAILABLE"
REMEDIES = {
    "is out of reach": "check that it runs, or correct MLFLOW_TRACKING_URI",
    "cannot be used": "free its disk or restore the file, then try again",
    "refused a request": "correct what it names, then try again",
    "failed": "remove the cause, then try again",
}


@contextmanager
def user_errors() -> Iterator[None]:
    """Turn a failure of MLflow or its store in the block into a UserError with the address."""
    # Import late: MLflow takes seconds to load.
    from mlflow.exceptions import MlflowException
    from requests import RequestException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except MlflowException as problem:
        if isinstance(problem.__context__, RequestException):
            raise failure("is out of reach", problem) from None
        if problem.error_code == DATABASE_FAILED:
            raise database_failure(problem) from None
        explained = problem.error_code != UNEXPLAINED
        raise failure("refused a request" if explained else "failed", problem) from None
    except (RequestException, ImportError) as problem:
        raise failure("is out of reach", problem) from None
    except SQLAlchemyError as problem:
        raise database_failure(problem) from None


def database_failure(problem: Exception) -> UserError:
    is_file = address().startswith("sqlite")
    return failure("cannot be used" if is_file else "is out of reach", problem)


def failure(what: str, problem: Exception) -> UserError:
    if refusal := shown_in(system_errors.in_words(problem)):
        return UserError(refusal)
    first_line = shown_in(problem).partition("\n")[0]
    reason = f"the registry {shown(address())} {what} ({first_line})"
    return UserError(f"{reason}: {REMEDIES[what]}")
