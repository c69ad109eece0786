"""The offline study passes its tests, which run in the highest level's folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ladder.places import FEED
from ladder.places import LEVELS

TESTS = Path(__file__).parent / "study"


@pytest.mark.slow
def test_the_study_passes_its_tests(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment = {
        **kept,
        "FLIGHTTIME_FEED": str(FEED),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    options = ["-q", "-p", "no:cacheprovider", f"--confcutdir={TESTS}"]

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, f"--basetemp={tmp_path / 'temp'}", str(TESTS)],
        cwd=LEVELS[max(LEVELS)],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )

    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-3000:]
