"""Start Python commands in a moment: a process that has imported the libraries becomes each one.

    with warm.running() as starter:
        subprocess.run([starter.python, "-m", "flighttime.train"], ...)
        environment["PATH"] = os.pathsep.join([str(starter.programs), environment["PATH"]])

A command has its own arguments, folder, environment, streams and exit code, and signals reach it.
Its code and groundcrew's are imported each time; only other libraries are kept. What would
import these in another way (an option of Python, a variable that they read, a module of the same
name) gets an ordinary start, and so does everything where this is not Linux.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from groundcrew import shield
from ladder.places import FOR_ANOTHER_PURPOSE

HERE = Path(__file__).parent
PROGRAMS = ("python", "python3")
# The first line of a program has no quotes, and the environment's folder may have a space.
HOST = os.path.realpath(sys.executable)
# What the commands of the levels import below groundcrew, and functions that always give the same
# answer, which is kept. Left out is what shows errors in colour: that depends on a variable that
# the steps of a workflow have.
MODULES = (
    *("pandas.api.types", "pyarrow.parquet", "pyarrow.dataset", "pyarrow.compute", "deltalake"),
    *("scipy.stats", "scipy.sparse", "sklearn.compose", "sklearn.ensemble", "sklearn.linear_model"),
    *("sklearn.metrics", "sklearn.pipeline", "sklearn.preprocessing", "skops.io", "treelite"),
    *("fastapi", "uvicorn.logging", "uvicorn.protocols.http.auto"),
    # FastAPI looks whether a class is one of these, where Python can have them.
    *(("pydantic.v1",) if sys.version_info < (3, 14) else ()),
    *("anyio._backends._asyncio", "jinja2", "httpx", "httpcore", "prometheus_client", "psutil"),
    *("filelock", "git", "alembic.command", "alembic.config", "IPython"),
    *("nbformat", "typer"),
    *("matplotlib.pyplot", "matplotlib.backends.backend_agg", "PIL.PngImagePlugin"),
    *("mlflow.sklearn", "mlflow.pyfunc.scoring_server", "mlflow.tracing.processor.otel"),
    *("mlflow.store.tracking.sqlalchemy_workspace_store", "sqlalchemy.dialects.sqlite"),
    "mlflow.store.model_registry.sqlalchemy_workspace_store",
    *("cryptography.hazmat.primitives.serialization", "model_signing.signing"),
    *("model_signing.verifying", "pandera.pandas", "pandera.backends.pandas.register"),
    *("pandera.backends.pandas.builtin_checks", "narwhals.stable.v2", "email_validator"),
    # The first step of each job of a workflow.
    *("pip._internal.cli.main_parser", "pip._internal.commands.install"),
    # MLflow looks up which package has which module, for each model that it logs, and which
    # migration is its last and which plugins there are, for each store that it opens.
    "mlflow.utils.requirements_utils:_init_modules_to_packages_map",
    "mlflow.store.db.utils:_get_latest_schema_revision",
    "mlflow.tracking._model_registry.utils:_get_store_registry",
)
# Where a person's own settings would be, and what MLflow looks at before it tells its makers of
# its use, which groundcrew forbids.
ASSUMED = (
    *("HOME", "MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"),
    *("CI", "GITHUB_ACTIONS", "PYTEST_CURRENT_TEST", "PATH", "TERM"),
    *shield.MLFLOW_VARIABLES,
)
OF_COMMANDS = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
NOT_INHERITED = (*FOR_ANOTHER_PURPOSE, *OF_COMMANDS, "PYTEST_", "LADDER_")
# A fork keeps only one thread. The first variable is also what every test of a level sets; the
# others keep PyArrow and Delta Lake from tidying up their memory beside the program.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "_RJEM_MALLOC_CONF": "background_thread:false",
}


class Starter(NamedTuple):
    """Where a `python` is that starts in a moment: its folder, for a PATH, and its file."""

    programs: Path
    python: str
    is_warm: bool


COLD = Starter(Path(sys.executable).parent, sys.executable, False)


@contextlib.contextmanager
def running(*more: str) -> Iterator[Starter]:
    """A starter that ends, with every command that it has started, at the end of the block.

    `more` are modules that the commands of this starter import beyond the usual ones.
    """
    if not is_possible():
        yield COLD
        return
    with tempfile.TemporaryDirectory(prefix="warm-") as scratch:
        address, programs = Path(scratch) / "socket", Path(scratch) / "bin"
        names = [",".join(ASSUMED), ",".join([*MODULES, *more])]
        server = subprocess.Popen(
            [sys.executable, "-m", "server", address, programs / PROGRAMS[0], *names],
            cwd=HERE,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert server.stdin and server.stdout
        with server, contextlib.closing(server.stdin):
            is_warm = server.stdout.readline() == b"ready\n"
            yield install(programs, address) if is_warm else COLD


def environment() -> dict[str, str]:
    """This process's environment, without what is set for the commands of a level."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_INHERITED)}
    return {**kept, **shield.MLFLOW_VARIABLES, **ONE_THREAD}


def install(folder: Path, address: Path) -> Starter:
    """Write the programs that stand for Python."""
    folder.mkdir()
    client = (HERE / "client.py").read_text(encoding="utf-8")
    # No shell: it would set variables.
    script = f"#!{HOST} -IS\n{client}\nmain({str(address)!r}, {sys.executable!r})\n"
    for name in PROGRAMS:
        (folder / name).write_text(script, encoding="utf-8")
        (folder / name).chmod(0o755)
    return Starter(folder, str(folder / PROGRAMS[0]), True)


def is_possible() -> bool:
    """Whether a program can name Python in its first line, and a fork keeps all that it needs."""
    if sys.platform != "linux" or len(HOST) >= 120 or " " in HOST:
        return False
    with contextlib.suppress(OSError):  # Linux before 5.3, and containers that forbid it
        os.close(os.pidfd_open(os.getpid()))
        return True
    return False
