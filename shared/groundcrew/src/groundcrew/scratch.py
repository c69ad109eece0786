"""A scratch folder in the state, instead of the system's folder for temporary files.

What a killed process left there is removed by the next one that needs such a folder.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from groundcrew import leftovers
from groundcrew import settings

VARIABLES = ("TMPDIR", "TEMP", "TMP")  # one that each operating system obeys


@contextmanager
def folder() -> Iterator[Path]:
    """Yield a new folder, removed at the end.

    While the block runs, all temporary files of this process and of those that it starts are made
    in this folder, those of libraries too.
    """
    # Windows does not remove a file that is open: then the next call removes it.
    with leftovers.beside(parent() / "work", may_stay=True) as path:
        path.mkdir()
        with _temporary_files_in(path):
            yield path


def parent() -> Path:
    """Return the folder of all scratch folders of this state."""
    return settings.runs() / "scratch"


@contextmanager
def _temporary_files_in(path: Path) -> Iterator[None]:
    before, default = {name: os.environ.get(name) for name in VARIABLES}, tempfile.tempdir
    os.environ.update(dict.fromkeys(VARIABLES, str(path)))
    tempfile.tempdir = str(path)
    try:
        yield
    finally:
        tempfile.tempdir = default
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
