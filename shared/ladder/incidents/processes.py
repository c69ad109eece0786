"""Processes that begin with the third-party libraries already imported, where the system can fork.

Each cell of the matrix is one process, so that a level's package is imported once and alone.
"""

import contextlib
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from ladder.incidents import servers


def context() -> Any:
    """The fork server, with the libraries imported; elsewhere new processes."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["ladder.incidents.preloaded"])
    return found


def start(target: Callable[..., None], *arguments: object) -> BaseProcess:
    process = context().Process(target=run, args=(servers.address(), target, *arguments))
    process.start()
    return process


def run(server: servers.Address, target: Callable[..., None], *arguments: object) -> None:
    servers.reach(server)
    target(*arguments)


def end(process: BaseProcess) -> None:
    """End a process, and kill it if it does not."""
    process.terminate()
    process.join(5)
    if process.is_alive():
        process.kill()
        process.join()


def end_with_parent() -> None:
    """End this process at once when the process that started it has ended, however it did."""
    if parent := multiprocessing.parent_process():

        def wait() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=wait, daemon=True).start()


def into_log(log: Path) -> None:
    """Send this process's output, and that of its children, to a file; end with its parent."""
    end_with_parent()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)


def enter(repo: Path, environment: dict[str, str]) -> None:
    """Make a level's folder this process's own: its directory, its package, its variables."""
    os.environ.update(environment)
    os.chdir(repo)
    sys.path.insert(0, str(repo))


def application(repo: Path, environment: dict[str, str], port: int, log: Path) -> None:
    """Serve a level's application until the process ends."""
    import runpy

    into_log(log)
    os.environ["FLIGHTTIME_ENVIRONMENT"] = environment.get("FLIGHTTIME_ENVIRONMENT", "production")
    enter(repo, environment)
    sys.argv = ["flighttime.app", "--port", f"{port}"]
    with contextlib.suppress(KeyboardInterrupt):
        runpy.run_module("flighttime.app", run_name="__main__", alter_sys=True)
