"""What a pipeline has finished lies on the disk until all is done, so that a failure costs one step and no more."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from contextlib import contextmanager
from pathlib import Path

from flighttime import files
from flighttime import settings
from flighttime.errors import Refused


@contextmanager
def alone(work: str = "pipeline", patience: float = 0) -> Iterator[None]:
    """Let nobody else do this work on this state while the block lasts; however a process ends, it holds nothing back.

    Who comes second waits for so many seconds; raises Refused if that is not enough.
    """
    place(work).mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(place(work) / "lock", timeout=patience, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise Refused(
                f"another {work} is at work on {settings.runs()}: wait until it is done, "
                "or set FLIGHTTIME_RUNS to another folder",
            ) from None
        yield


def read() -> dict | None:
    """What was written last; None where nothing is left undone."""
    return json.loads(file().read_text(encoding="utf-8")) if file().exists() else None


def write(entries: dict) -> None:
    files.write_whole(file(), lambda path: path.write_text(json.dumps(entries, indent=1), encoding="utf-8"))


def clear() -> None:
    """Nothing is left undone, and the products of the steps are needed no more."""
    file().unlink(missing_ok=True)
    shutil.rmtree(products(), ignore_errors=True)


def file() -> Path:
    return place() / "journal.json"


def products() -> Path:
    return place() / "products"


def place(work: str = "pipeline") -> Path:
    return settings.runs() / work
