"""The offline study passes its tests, which run in the highest level's folder."""

import subprocess
from pathlib import Path

import pytest
from level_runs import own_environment
from level_runs import starter

from ladder.places import LEVELS

TESTS = Path(__file__).parent / "study"


@pytest.mark.slow
def test_the_study_passes_its_tests(tmp_path: Path) -> None:
    environment = own_environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    options = ["-q", "-p", "no:cacheprovider", f"--confcutdir={TESTS}"]

    ran = subprocess.run(
        [starter().python, "-m", "pytest", *options, f"--basetemp={tmp_path / 'temp'}", str(TESTS)],
        cwd=LEVELS[max(LEVELS)],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )

    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-3000:]
