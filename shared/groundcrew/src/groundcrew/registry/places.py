"""Where a local store keeps the files of its runs: inside the state, also in a copy of it.

MLflow stores absolute places. A state that was copied or moved would read the files of the
original, and write into it.
"""

import contextlib
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from groundcrew.errors import UserError

TIMEOUT_SECONDS = 30
# The columns of MLflow's tables that hold a place.
PLACES = {
    "experiments": "artifact_location",
    "runs": "artifact_uri",
    "logged_models": "artifact_location",
    "model_versions": "storage_location",
}


def artifacts(state: Path) -> Path:
    """The folder for the files of all runs of a state."""
    return state / "artifacts"


def adopt(database: Path, recorded: str) -> None:
    """Let the store of a copied or moved state name the files in this state.

    `recorded` is the place of all files in the original. Raises UserError, and changes nothing, if
    the files were not copied.
    """
    state, original = database.parent, Path(url2pathname(urlsplit(recorded).path))
    if original.is_dir() and not artifacts(state).is_dir():
        raise UserError(
            f"{database} was copied without the files of its runs, which are in {original}: "
            f"copy that folder to {artifacts(state)}",
        )
    new, length = artifacts(state).as_uri(), len(recorded)
    with contextlib.closing(sqlite3.connect(database, timeout=TIMEOUT_SECONDS)) as connection:
        with connection:
            for table, column in PLACES.items():
                connection.execute(
                    f"UPDATE {table} SET {column} = ? || substr({column}, ?) "
                    f"WHERE substr({column}, 1, ?) IN (?, ?)",
                    (new, length + 1, length + 1, recorded, f"{recorded}/"),
                )
