"""Run a script with the package of one level, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ladder.places import FEED
from ladder.places import LEVELS


def run(level: int, script: str, runs: Path, today: str) -> Any:
    """The last line that the script prints, parsed as JSON."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FLIGHTTIME_", "MLFLOW_", "GITHUB_"))
    }
    environment = {
        **kept,
        "FLIGHTTIME_FEED": str(FEED),
        "FLIGHTTIME_RUNS": str(runs),
        "FLIGHTTIME_TODAY": today,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=LEVELS[level],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
