"""A lock for work that only one process at a time may do on a state folder."""

from collections.abc import Iterator
from contextlib import contextmanager

import filelock

from groundcrew import settings
from groundcrew.errors import UserError

SECONDS_BETWEEN_ATTEMPTS = 0.05


@contextmanager
def exclusive(work: str, wait_seconds: float = 0) -> Iterator[None]:
    """Keep every other process out of `work` on this state folder while the block runs.

    The operating system releases the lock when the process ends, however it ends. Raises UserError
    if another process (or thread) still holds the lock after `wait_seconds`.
    """
    file = settings.runs() / "locks" / f"{work}.lock"
    file.parent.mkdir(parents=True, exist_ok=True)
    # thread_local=False: the block may end in another thread than the one that it began in.
    lock = filelock.FileLock(file, timeout=wait_seconds, thread_local=False)
    try:
        lock.acquire(poll_interval=SECONDS_BETWEEN_ATTEMPTS)
    except filelock.Timeout:
        raise UserError(
            f"another {work} is running on {settings.runs()}: wait until it has finished, "
            "or set FLIGHTTIME_RUNS to another folder",
        ) from None
    try:
        yield
    finally:
        lock.release()
