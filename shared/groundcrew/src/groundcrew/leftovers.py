"""Temporary files and folders that are removed though their process is killed: by the next one."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import nullcontext
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import filelock

from groundcrew import moves

LOCK, REPLACED = ".lock", "-replaced"
ABANDONED = re.compile(r"\..+-[0-9a-f]{32}\.lock")


@contextmanager
def beside(path: Path, may_stay: bool = False) -> Iterator[Path]:
    """Yield a new name next to `path`; what has a name that begins with it is removed at the end.

    A lock says that this process still writes. The operating system releases it when the process
    ends, however it ends, so that the next call for the same folder can remove what a killed one
    left. So it does with what this one cannot remove, if that `may_stay`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(path.parent)
    temporary = path.with_name(f".{path.name}-{uuid4().hex}")
    lock = path.with_name(f"{temporary.name}{LOCK}")
    try:
        with filelock.FileLock(lock):
            try:
                yield temporary
            finally:
                with suppress(OSError) if may_stay else nullcontext():
                    _remove(temporary)
    finally:
        if not (may_stay and temporary.exists()):
            # On Windows the next process may look at the lock, and then it removes it.
            with suppress(PermissionError):
                lock.unlink(missing_ok=True)


def _remove_abandoned(folder: Path) -> None:
    for entry in [entry for entry in folder.iterdir() if ABANDONED.fullmatch(entry.name)]:
        lock = filelock.FileLock(entry, blocking=False)
        # Another process is still writing, or the files belong to another user.
        with suppress(filelock.Timeout, OSError), lock:
            _remove(entry.with_name(entry.name.removesuffix(LOCK)))
            entry.unlink(missing_ok=True)


def _remove(temporary: Path) -> None:
    replaced = temporary.with_name(f"{temporary.name}{REPLACED}")
    path = temporary.with_name(temporary.name[1 : -len(uuid4().hex) - 1])
    if replaced.exists() and not path.exists():
        moves.replace(replaced, path)  # the process ended between the two moves
    for remains in list(temporary.parent.iterdir()):
        if remains.name.startswith(temporary.name) and not remains.name.endswith(LOCK):
            shutil.rmtree(remains) if remains.is_dir() else remains.unlink()
