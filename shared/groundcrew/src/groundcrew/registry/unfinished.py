"""Runs whose process was killed stay RUNNING in MLflow for ever: the next run ends them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from pathlib import Path

import filelock

from groundcrew import settings
from groundcrew.registry.store import NAME
from groundcrew.registry.store import client

DAY_MS = 24 * 60 * 60 * 1000
MAX_RUNS = 100


@contextmanager
def writing(run_id: str) -> Iterator[None]:
    """Hold a lock while this process writes a run; it ends with the process, however that ends."""
    file = lock_file(run_id)
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(file):
            yield
    finally:
        file.unlink(missing_ok=True)


def end_abandoned() -> list[str]:
    """Give runs that no process writes any more the status FAILED; returns their ids.

    A run of another machine or state has no lock here: it counts as abandoned after a day.
    """
    registry = client()
    experiment = registry.get_experiment_by_name(NAME)
    places = [experiment.experiment_id] if experiment else []
    running = "attributes.status = 'RUNNING'"
    found = registry.search_runs(places, running, max_results=MAX_RUNS)
    ended = []
    for run in found:
        file = lock_file(run.info.run_id)
        old = run.info.start_time < time.time() * 1000 - DAY_MS
        if _is_free(file) if file.exists() else old:
            registry.set_terminated(run.info.run_id, "FAILED")
            file.unlink(missing_ok=True)
            ended.append(run.info.run_id)
    return ended


def _is_free(file: Path) -> bool:
    with suppress(filelock.Timeout), filelock.FileLock(file, blocking=False):
        return True
    return False


def lock_file(run_id: str) -> Path:
    return settings.runs() / "locks" / f"run-{run_id}.lock"
