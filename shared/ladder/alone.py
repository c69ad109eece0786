"""Let one process at a time change a folder; the system drops the lock when its holder dies."""

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ladder.errors import LadderError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


def try_lock(file: BinaryIO) -> bool:
    try:
        if sys.platform == "win32":
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def one_setup(path: Path) -> Iterator[BinaryIO]:
    """Hold the lock at `path`; while another call holds it, print that and wait."""
    with path.open("ab") as file:
        waited = 0
        while not try_lock(file):
            if waited % 100 == 0:
                print(
                    f"ladder: another call is setting up .venv; waiting for it ({waited // 10} s)",
                    file=sys.stderr,
                    flush=True,
                )
            waited += 1
            time.sleep(0.1)
        yield file


@contextlib.contextmanager
def only_writer(folder: Path) -> Iterator[BinaryIO]:
    """Hold the folder for one run; raises LadderError while another run holds it.

    A child process that inherits the file that is yielded holds the folder too, until it ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "run.lock").open("ab") as file:
        if not try_lock(file):
            raise LadderError(f"another run is writing to {folder}: wait for it, or stop it")
        yield file
