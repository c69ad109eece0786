"""Keep an empty store in the Python environment, and begin each new store as a copy of it.

MLflow makes its tables in sixty migrations, which takes a second and a hundred commits.
"""

import shutil
import sqlite3
import sys
from contextlib import closing
from contextlib import suppress
from pathlib import Path

from groundcrew import files


def place() -> Path:
    """The file of the template, one for each version of MLflow."""
    import mlflow

    name = f"mlflow-{mlflow.__version__}.sqlite"
    return Path(sys.prefix) / "share" / "groundcrew" / name


def copy(file: Path) -> bool:
    """Fill a new file with the template; returns whether there was a whole one."""
    with suppress(OSError, sqlite3.Error):
        shutil.copyfile(place(), file)
        with closing(sqlite3.connect(file)) as store:
            if store.execute("PRAGMA integrity_check").fetchone() == ("ok",):
                return store.execute("SELECT 1 FROM alembic_version").fetchone() is not None
    file.unlink(missing_ok=True)
    return False


def keep(file: Path) -> None:
    """Keep a new store as the template, unless the environment is read-only or the disk full."""

    def write(temporary: Path) -> None:
        shutil.copyfile(file, temporary)
        with closing(sqlite3.connect(temporary)) as store, store:
            # It names the folder of one project's artifacts; MLflow makes it where it is missing.
            store.execute("DELETE FROM experiments")

    with suppress(OSError, sqlite3.Error):
        place().parent.mkdir(parents=True, exist_ok=True)
        files.write_atomically(place(), write)
