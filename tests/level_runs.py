"""Programs in a level's folder: one that makes its state, and the environment that they run in."""

import contextlib
import functools
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import one_starter
import psutil
import pytest

from ladder import family
from ladder import warm
from ladder.places import FEED
from ladder.places import LEVELS
from ladder.stage import Stage

# Small trees learn fast, and an application answers with them as with large ones.
SMALL = """
from datetime import date
from flighttime import model
build = model.build
model.build = lambda: build().set_params(trees__max_iter=20, trees__learning_rate=0.3)
day = date(2013, 3, 1)
"""
BY_HAND = """
import shutil
from flighttime import ingest, serving, train
ingest.update(day)
trained = train.train(day) / "model.skops"
serving.model_file().parent.mkdir()
shutil.copy(trained, serving.model_file())
"""
# Without the application in staging: test_release_workflow.py tests with one.
BY_GATE = """
from flighttime import gate, package, pipeline, release, smoke
smoke.in_staging = lambda version: ""
version = pipeline.run(day)
package.package(version)
gate.certify(version, day)
release.release(version, day, "Kim")
"""
SCRIPTS = {1: SMALL + BY_HAND, 4: SMALL + BY_GATE}


LADDER = """
import sys
sys.executable = sys.argv.pop(1)
from ladder import cli
sys.exit(cli.main())
"""

# What a test's own run has, or a person has set, and no program of a level is to see.
NOT_INHERITED = ("FLIGHTTIME_", "MLFLOW_", "GITHUB_", "PYTEST_")


# What ends with the tests of this process.
KEPT = contextlib.ExitStack()
# Where another process offers a starter, if this one is not alone.
offered: Path | None = None


@functools.cache
def starter() -> warm.Starter:
    """What starts Python in a moment."""
    return one_starter.ask(offered) if offered else KEPT.enter_context(warm.running())


def warmly(**variables: str) -> dict[str, str]:
    """This process's environment as the starter wants it."""
    return {**os.environ, **warm.ONE_THREAD, **variables}


def linter(name: str) -> list[str]:
    """How to start a linter of workflows: one is a program in Python."""
    if name == "check-jsonschema":
        return [starter().python, "-m", "check_jsonschema"]
    found = shutil.which(name, path=os.path.dirname(sys.executable)) or shutil.which(name)
    assert found, f"{name} is not installed"
    return [found]


def ladder(*words: str) -> list[str]:
    """A command of `ladder` whose own processes are started in a moment."""
    return [sys.executable, "-c", LADDER, starter().python, *words]


def program(pid: int) -> psutil.Process | None:
    """What runs for this process if it is a starter's client; its name tells so."""
    every = psutil.process_iter(["name"])
    return next((process for process in every if process.info["name"] == f"for {pid}"), None)


def program_of(started: subprocess.Popen) -> psutil.Process:
    """What runs for what was started with the starter, or this itself where it is ordinary."""
    late = time.monotonic() + 10
    while started.poll() is None and starter().is_warm and time.monotonic() < late:
        if running := program(started.pid):
            return running
        time.sleep(0.005)
    return psutil.Process(started.pid)


def descendants(pid: int) -> list[psutil.Process]:
    """What a process has started, and what runs for it or for these."""
    found = family.descendants(pid)
    for each in [pid, *(process.pid for process in found)]:
        if running := program(each):
            found += [running, *descendants(running.pid)]
    return found


def start_warm(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the steps of a workflow, and the applications beside it, start Python in a moment."""
    path = [f"{starter().programs}", stage.environment["PATH"]]
    stage.environment["PATH"] = os.pathsep.join(path)
    monkeypatch.setattr(sys, "executable", starter().python)


def run_python(script: str, level: int, environment: dict[str, str], *arguments: str) -> str:
    """Run a script in a level's folder; returns what it printed."""
    done = subprocess.run(
        [starter().python, "-c", script, *arguments],
        cwd=LEVELS[level],
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def copy_runs(runs: Path, target: Path) -> None:
    """Copy the state of a level with a registry; new runs keep their artifacts in the copy."""
    shutil.copytree(runs, target, dirs_exist_ok=True)
    with closing(sqlite3.connect(target / "mlflow.db")) as store, store:
        update = "UPDATE experiments SET artifact_location = ? WHERE name <> 'Default'"
        store.execute(update, [(target / "artifacts").as_uri()])


def own_environment(**variables: str) -> dict[str, str]:
    """The environment of a program of a level, without any variable of the outer one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_INHERITED)}
    return {
        **kept,
        "FLIGHTTIME_FEED": str(FEED),
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        **variables,
    }


def level_environment(level: int, runs: Path) -> dict[str, str]:
    """The environment of a level on its first day."""
    state = runs / LEVELS[level].name
    return own_environment(FLIGHTTIME_RUNS=f"{state}", FLIGHTTIME_TODAY="2013-03-01")
