"""Create the tracking store: a SQLite file is made beside its place, and moved there when complete.

MLflow makes its tables in many steps that are not one transaction, and cannot open a store whose
making was interrupted.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from groundcrew import files
from groundcrew.errors import UserError
from groundcrew.registry import template

# A file that belongs to the old database would be applied to the new one.
BELONGING = ["-journal", "-wal", "-shm"]


@contextmanager
def whole(uri: str, artifacts: Path) -> Iterator[None]:
    """Make the tables of a SQLite store before the block opens it, which no other process may do.

    Raises UserError if the block fails because a store with runs has other tables than those of
    the installed MLflow.
    """
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    file = file_of(uri)
    if file:
        make(file, uri, artifacts)
    try:
        yield
    except (MlflowException, SQLAlchemyError):
        if file and not is_complete(file, with_runs=False):
            raise UserError(
                f"the tables of {file} are of another MLflow, or were migrated only in part: "
                "restore it from a backup, or move it away and train again",
            ) from None
        raise


@cache
def file_of(uri: str) -> Path | None:
    """The file of a SQLite store; None for a server, and for what is not a plain file."""
    from sqlalchemy import make_url

    path = make_url(uri).database if uri.startswith("sqlite:///") else None
    return None if not path or path.startswith((":memory:", "file:")) else Path(path)


def make(file: Path, uri: str, artifacts: Path) -> None:
    """Make a store with all its tables, unless one is there, or one that holds runs."""
    for remains in file.parent.glob(f".{file.name}-*"):
        remains.unlink()
    if is_complete(file):
        return

    def make_tables(temporary: Path) -> None:
        from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore as Models
        from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore as Runs
        from sqlalchemy import make_url

        # With its driver named: MLflow would make the folder of a plain address, quotes and all.
        file_beside = temporary.as_posix()
        database = make_url(uri).set(drivername="sqlite+pysqlite", database=file_beside)
        address = database.render_as_string(hide_password=False)
        is_copy = template.copy(temporary)
        for store in (Runs(address, artifacts.as_uri()), Models(address)):
            store.engine.dispose()  # Windows does not move a file that is open
        if not is_copy:
            template.keep(temporary)
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
