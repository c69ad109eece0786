"""Run an exercise's check in a folder, as a process of its own, and return what is wrong."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ladder.places import FEED
from ladder.places import own_environment

# In a folder of its own: Python searches the folder of a script, and a warm start refuses one
# whose files have the names of libraries.
SCRIPT = Path(__file__).parent / "apart" / "in_folder.py"
TODAY = "2013-03-01"
MAX_SECONDS = 120
PYTHON = sys.executable


def wrong(check: Path, folder: Path) -> str:
    """What the check finds wrong with the code in a folder; empty if nothing is."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        try:
            done = subprocess.run(
                [PYTHON, str(SCRIPT), str(check)],
                cwd=folder,
                env=environment(Path(scratch)),
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=MAX_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return f"it does not come to an end: it was stopped after {MAX_SECONDS} seconds"
    return verdict(done.stdout, done.stderr)


def environment(scratch: Path) -> dict[str, str]:
    """A terminal of its own: an empty state, the feed, and a day."""
    return {
        **own_environment(),
        "FLIGHTTIME_FEED": str(FEED),
        "FLIGHTTIME_RUNS": str(scratch / "state"),
        "FLIGHTTIME_TODAY": TODAY,
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
    }


def verdict(output: str, errors: str) -> str:
    """What the script has found, in the last line of its output."""
    try:
        return json.loads(output.splitlines()[-1])["wrong"]
    except (IndexError, ValueError, KeyError, TypeError):
        last = (errors or output).strip().splitlines()[-1:]
        return f"the check did not come to its end: {' '.join(last) or 'without a word'}"
