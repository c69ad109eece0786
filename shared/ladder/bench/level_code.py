"""Run a level's own code for a benchmark: apart from the user's settings, on a state of its own."""

import os
import subprocess
import sys
from pathlib import Path

from ladder.errors import LadderError
from ladder.places import FEED
from ladder.places import own_environment

FIRST = "2013-03-01"
RELEASE = [
    ["pipeline"],
    ["package", "--version", "1"],
    ["gate", "--version", "1"],
    ["release", "--version", "1", "--approved-by", "the benchmark"],
]


def environment(state: Path, *, today: str = FIRST, feed: Path = FEED) -> dict[str, str]:
    kept = own_environment()
    return {
        **kept,
        # Commands of the same environment, such as the one that MLflow starts.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")]),
        "FLIGHTTIME_FEED": f"{feed}",
        "FLIGHTTIME_RUNS": f"{state}",
        "FLIGHTTIME_TODAY": today,
        # Level folders are not written to.
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def run(arguments: list[str], *, folder: Path, environment: dict[str, str]) -> str:
    """Run Python with these arguments; returns its output. Raises LadderError if it fails."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        reason = done.stderr.strip().rpartition("\n")[2]
        raise LadderError(f"a step of the benchmark failed, so nothing can be measured: {reason}")
    return done.stdout


def release_first_model(level: Path, state: Path) -> None:
    """Train, certify and release version 1 on the first of March."""
    for command, *arguments in RELEASE:
        run(
            ["-m", f"flighttime.{command}", *arguments],
            folder=level,
            environment=environment(state),
        )
