"""A command that dies half-way, at a chosen touch of a file."""

import os
import runpy
import sys
from pathlib import Path

from ladder.incidents import processes

TOUCHES = ("open", "os.rename", "os.remove", "os.mkdir", "sqlite3.connect")


def run(
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
    processes.into_log(log)
    processes.enter(repo, environment)
    state = {"begun": not near, "count": 0}

    def hook(event: str, arguments: tuple) -> None:
        if event not in TOUCHES or (event == "open" and not _for_writing(arguments)):
            return
        state["begun"] = state["begun"] or near in f"{arguments[0]}{arguments[1:2]}"
        state["count"] += state["begun"]
        if state["count"] == at:
            os._exit(137)

    sys.addaudithook(hook)
    sys.argv = words
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)


def _for_writing(arguments: tuple) -> bool:
    mode, flags = arguments[1], arguments[2]
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return bool(flags & (os.O_WRONLY | os.O_RDWR))
