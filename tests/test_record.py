"""The store of runs and models that a level keeps, with more than one process at it."""

import subprocess
from pathlib import Path

import pytest
from level_runs import level_environment
from level_runs import starter

from ladder.places import LEVELS


@pytest.mark.slow
def test_applications_that_start_at_once_create_one_store(tmp_path: Path) -> None:
    command = [starter().python, "-c", "from groundcrew import registry; registry.client()"]
    how = {"cwd": LEVELS[3], "env": level_environment(3, tmp_path)}

    both = [subprocess.Popen(command, **how, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    errors = [process.communicate()[1] for process in both]

    assert [process.returncode for process in both] == [0, 0], errors
    assert (tmp_path / LEVELS[3].name / "mlflow.db").is_file()
