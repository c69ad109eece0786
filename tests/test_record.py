"""The record of runs that a level keeps, with more than one process at it."""

import os
import subprocess
import sys

import pytest

from ladder.places import FEED
from ladder.places import LEVELS


@pytest.mark.slow
def test_applications_that_start_at_once_where_nothing_is_yet_make_one_record(tmp_path):
    environment = {**os.environ, "FLIGHTTIME_FEED": str(FEED), "FLIGHTTIME_RUNS": str(tmp_path / "new"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", "from flighttime import tracking; tracking.store()"]

    both = [subprocess.Popen(command, cwd=LEVELS[3], env=environment, stderr=subprocess.PIPE, text=True) for _ in range(2)]

    assert [said for process in both if (said := process.communicate()[1]) and process.returncode] == []
