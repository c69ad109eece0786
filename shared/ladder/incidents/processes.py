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

LIBRARIES = [
    "deltalake",
    "fastapi",
    "matplotlib.pyplot",
    "mlflow",
    "mlflow.models",
    "mlflow.data",
    "mlflow.sklearn",
    "model_signing",
    "pandas",
    "pandera.pandas",
    "pyarrow.parquet",
    "scipy.stats",
    "skops.io",
    "sklearn.compose",
    "sklearn.ensemble",
    "sklearn.impute",
    "sklearn.linear_model",
    "sklearn.pipeline",
    "sqlalchemy",
    "treelite",
    "uvicorn",
]


def context() -> Any:
    """The fork server, with the libraries imported; elsewhere new processes."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["ladder.incidents.preloaded"])
    return found


def start(target: Callable[..., None], *arguments: object) -> BaseProcess:
    process = context().Process(target=target, args=arguments)
    process.start()
    return process


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


def killed(
    repo: Path,
    environment: dict[str, str],
    words: list[str],
    near: str,
    at: int,
    log: Path,
) -> None:
    """Run a command, and end it at once, as by `kill -9`, at its `at`th touch of a file.

    Only what it opens for writing, renames, creates or connects to counts, and only from the first
    path on that contains `near`.
    """
    import runpy

    into_log(log)
    enter(repo, environment)
    seen = {"begun": not near, "count": 0}

    def hook(event: str, arguments: tuple) -> None:
        if event not in TOUCHES or (event == "open" and not _for_writing(arguments)):
            return
        seen["begun"] = seen["begun"] or near in f"{arguments[0]}{arguments[1:2]}"
        seen["count"] += seen["begun"]
        if seen["count"] == at:
            os._exit(137)

    sys.addaudithook(hook)
    sys.argv = words
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)


TOUCHES = ("open", "os.rename", "os.remove", "os.mkdir", "sqlite3.connect")


def _for_writing(arguments: tuple) -> bool:
    mode, flags = arguments[1], arguments[2]
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return bool(flags & (os.O_WRONLY | os.O_RDWR))
