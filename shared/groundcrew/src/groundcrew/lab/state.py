"""The state folder of a lab: empty at the start, and apart from any other state."""

import os
import shutil
from pathlib import Path

from groundcrew import application
from groundcrew import settings
from groundcrew.lab.commands import git

FOLDER = "lab"
# Everything else would let a lab write to a person's own database, registry or application.
KEPT = ("FLIGHTTIME_FEED", "FLIGHTTIME_RUNS")
CLEARED = ("FLIGHTTIME_", "GITHUB_", "MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI")

_started = False


def start() -> None:
    """Let this notebook write to an empty folder `lab` in the state folder.

    An earlier lab's state is removed. A second call in the same kernel changes nothing: libraries
    still have the files open.
    """
    global _started
    if _started:
        print("this lab has started already: restart the kernel to start over")
        return
    for name in list(os.environ):
        if name.startswith(CLEARED) and name not in KEPT:
            del os.environ[name]
    os.environ["FLIGHTTIME_FEED"] = settings.feed()  # also for a copy of the project
    folder = settings.runs() / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["FLIGHTTIME_RUNS"] = str(folder)
    _started = True


def copy_project(name: str) -> Path:
    """Copy the project's code, settings and tests to a new folder in the state; returns it."""
    folder = settings.runs() / name
    folder.mkdir()
    for part in [*application.PARTS, "tests"]:
        source = settings.root() / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copyfile(source, folder / part)
    return folder


def commit_project(name: str) -> Path:
    """Copy the project like `copy_project`, commit the copy, and use it as the project."""
    folder = copy_project(name)
    settings.use_project(folder / settings.project_name())
    git("init")
    git("add", ".")
    git("commit", "-m", "as we found it")
    return folder
