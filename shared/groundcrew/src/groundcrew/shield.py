"""Shield a project from settings that were made in the same terminal for another purpose.

MLflow and git obey many variables: one that names a run, a registry or a repository would make a
command overwrite that run, register there, or record the commit of that repository.
"""

import os
from collections.abc import Iterable

# What groundcrew itself sets, whatever the terminal says.
MLFLOW_VARIABLES = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    # Downloads take milliseconds: progress bars would only fill the logs of workflows.
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # To note variables, MLflow replaces how all threads read them, and fails if another one does.
    "MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING": "false",
    # The address of a run's page may hold a password.
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
# Which store to use, and how to reach a server.
OBEYED = {
    "MLFLOW_TRACKING_URI",
    "MLFLOW_TRACKING_AUTH",
    "MLFLOW_TRACKING_USERNAME",
    "MLFLOW_TRACKING_PASSWORD",
    "MLFLOW_TRACKING_TOKEN",
    "MLFLOW_TRACKING_INSECURE_TLS",
    "MLFLOW_TRACKING_SERVER_CERT_PATH",
    "MLFLOW_TRACKING_CLIENT_CERT_PATH",
    "MLFLOW_HTTP_REQUEST_TIMEOUT",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES",
    "MLFLOW_S3_ENDPOINT_URL",
}
# Where git reads its settings, such as the owners that it trusts, and where Python finds git.
HARMLESS = ("GIT_CONFIG_", "GIT_PYTHON_")
THIS_MACHINE = ["127.0.0.1", "localhost"]
SHIELDED = ("MLFLOW_", "GIT_")


def foreign(names: Iterable[str]) -> list[str]:
    """Which of these variables a command must not see."""
    shielded = [name for name in names if name.startswith(SHIELDED)]
    return [name for name in shielded if name not in OBEYED and not name.startswith(HARMLESS)]


def current() -> dict[str, str]:
    """This process's environment without the variables that are not obeyed."""
    hidden = foreign(os.environ)
    names = [name for name in os.environ if name not in hidden]
    # Another thread may have removed one meanwhile.
    return {name: value for name in names if (value := os.environ.get(name)) is not None}


def raise_shield() -> None:
    """Remove the variables that are not obeyed from this process, and set groundcrew's own."""
    for name in foreign(os.environ):
        if name not in MLFLOW_VARIABLES:
            os.environ.pop(name, None)  # another thread may have removed it meanwhile
    os.environ.update(MLFLOW_VARIABLES)
    spare_this_machine()


def spare_this_machine() -> None:
    """Let no proxy be asked for what this machine serves, such as MLflow's own server."""
    exempt = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    names = [name.strip() for name in exempt.split(",") if name.strip()]
    if "*" not in names:
        missing = [name for name in THIS_MACHINE if name not in names]
        os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join([*names, *missing])
