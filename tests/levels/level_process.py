"""Run a script with the package of one level, in a process of its own."""

import json
from pathlib import Path
from typing import Any

from level_runs import own_environment
from level_runs import run_python


def run(level: int, script: str, runs: Path, today: str) -> Any:
    """The last line that the script prints, parsed as JSON."""
    environment = own_environment(FLIGHTTIME_RUNS=f"{runs}", FLIGHTTIME_TODAY=today)
    return json.loads(run_python(script, level, environment).splitlines()[-1])
