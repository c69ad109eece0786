"""End a process together with the processes that it started."""

import contextlib
from collections.abc import Sequence

import psutil


def descendants(pid: int) -> list[psutil.Process]:
    """What a running process has started; none once it has ended, for they cannot be found."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).children(recursive=True)
    return []


def end(processes: Sequence[psutil.Process], patience: float) -> None:
    """Ask the processes to end; kill those that have not after `patience` seconds."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in psutil.wait_procs(processes, patience)[1]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
