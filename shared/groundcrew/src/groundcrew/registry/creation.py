"""Create the tracking store: a SQLite file is made beside its place, and moved there when complete.

MLflow makes its tables in many steps that are not one transaction, and cannot open a store whose
making was interrupted.
"""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote

from groundcrew import files
from groundcrew import locks
from groundcrew.errors import UserError

CREATE_SECONDS = 120
# A file that belongs to the old database would be applied to the new one.
BELONGING = ["-journal", "-wal", "-shm"]


def create(uri: str, runs: Path, name: str) -> None:
    """Create the experiment and the registered model `name` if they do not exist.

    Their artifacts are kept in `runs`, unless a server keeps them. Raises UserError if a store
    with runs has tables that the installed MLflow does not know.
    """
    import mlflow
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    for logger in ("mlflow", "alembic"):
        logging.getLogger(logger).setLevel(logging.WARNING)
    # A server stores the artifacts itself: a local folder means nothing to other machines.
    folder = None if uri.startswith("http") else (runs / "artifacts").as_uri()
    # Two processes that create the tables of a new store at once would disturb each other.
    with locks.exclusive("registry", CREATE_SECONDS):
        if file := file_of(uri):
            make_file(file, uri, f"{folder}")
        try:
            store = mlflow.MlflowClient(uri)
            if store.get_experiment_by_name(name) is None:
                store.create_experiment(name, artifact_location=folder)
            if not store.search_registered_models(f"name = '{name}'"):
                store.create_registered_model(name)
        except (MlflowException, SQLAlchemyError):
            if file and not is_complete(file, with_runs=False):
                raise UserError(
                    f"the tables of {file} are of another MLflow, or were migrated only in part: "
                    "restore it from a backup, or move it away and train again",
                ) from None
            raise


def file_of(uri: str) -> Path | None:
    """The file of a SQLite store; None for a server, and for a database in memory."""
    address, _, _ = uri.partition("?")
    path = address.removeprefix("sqlite:///").removeprefix("file:")
    if path == address or path in ("", ":memory:"):
        return None
    return Path(unquote(path) if address.startswith("sqlite:///file:") else path)


def make_file(file: Path, uri: str, folder: str) -> None:
    """Make a store with all its tables, unless one is there, or one that holds runs."""
    for remains in file.parent.glob(f".{file.name}-*"):
        remains.unlink()
    if is_complete(file):
        return

    def make_tables(temporary: Path) -> None:
        from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore as Models
        from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore as Runs

        before, name, after = uri.rpartition(file.name)
        address = f"{before}{temporary.name}{after}"
        for store in (Runs(address, folder), Models(address)):
            store.engine.dispose()  # Windows does not move a file that is open
        for suffix in BELONGING:
            file.with_name(file.name + suffix).unlink(missing_ok=True)

    files.write_atomically(file, make_tables)


def is_complete(file: Path, with_runs: bool = True) -> bool:
    """Whether a store has all its tables; one `with_runs` counts as complete, since it must stay.

    So does one that cannot be read, because MLflow says why.
    """
    if not file.exists():
        return False
    with closing(sqlite3.connect(file)) as store:
        try:
            (tables,) = store.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
            return tables > 0 and (with_runs and has_runs(store) or is_current(store))
        except sqlite3.Error:
            return True


def has_runs(store: sqlite3.Connection) -> bool:
    query = "SELECT name FROM sqlite_master WHERE name IN ('runs', 'registered_models')"
    tables = [name for (name,) in store.execute(query)]
    return any(store.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in tables)


def is_current(store: sqlite3.Connection) -> bool:
    """Whether the tables are those of the installed MLflow: it records the last step it made."""
    import mlflow
    from alembic.script import ScriptDirectory

    steps = ScriptDirectory(str(Path(mlflow.__file__).parent / "store" / "db_migrations"))
    query = "SELECT name FROM sqlite_master WHERE name = 'alembic_version'"
    if store.execute(query).fetchone() is None:
        return False
    made = store.execute("SELECT version_num FROM alembic_version").fetchall()
    return made == [(steps.get_current_head(),)]
