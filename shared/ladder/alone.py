"""Let one set-up at a time change `.venv`; the system drops the lock when its holder dies."""

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

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
def alone(path: Path) -> Iterator[BinaryIO]:
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
