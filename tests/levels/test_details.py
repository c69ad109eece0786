"""Details of Levels 3 and 4 that their own tests leave out, with the fixtures of those tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ladder.places import FEED
from ladder.places import LEVELS

DETAILS = Path(__file__).with_name("details")


@pytest.mark.slow
@pytest.mark.parametrize("level", [3, 4])
def test_the_details_of_a_level(level: int) -> None:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FLIGHTTIME_", "MLFLOW_", "GITHUB_", "PYTEST_"))
    }
    own = {"FLIGHTTIME_FEED": f"{FEED}", "PYTHONDONTWRITEBYTECODE": "1"}
    path = {"PYTHONPATH": f"{LEVELS[level] / 'tests'}"}
    plugins = ["--noconftest", "-p", "conftest", "-p", "no:cacheprovider"]

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, DETAILS / f"level{level}.py"],
        cwd=LEVELS[level],
        env={**kept, **own, **path},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout[-5000:] + done.stderr
