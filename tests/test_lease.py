"""One loop acts at a time, also where two machines share a database and one of them dies."""

import subprocess
import time
from pathlib import Path

import level_runs
import pytest
from level_runs import level_environment

from ladder.places import LEVELS

pytestmark = pytest.mark.slow

HOLD = "with lease.held('training'): print('held', flush=True); input()"
TRY = """
try:
    with lease.held("looking"):
        print("mine")
except UserError as error:
    print(error)
"""
SHORT = """
import flighttime.predictions
from groundcrew.errors import UserError
from groundcrew.predictions import lease
lease.SECONDS, lease.SECONDS_BETWEEN_RENEWALS = 3.0, 0.5
"""


def start(program: str, runs: Path, postgres: str) -> subprocess.Popen:
    environment = level_environment(4, runs) | {"FLIGHTTIME_OBSERVED": postgres}
    command = [level_runs.starter().python, "-c", SHORT + program]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=LEVELS[4], env=environment, **pipes)


def test_two_machines_share_a_database_and_one_loop(postgres: str, tmp_path: Path) -> None:
    # Each has a state of its own, so neither knows whether the other's process is alive.
    first = start(HOLD, tmp_path / "one", postgres)
    assert first.stdout.readline() == "held\n"

    # Longer than an unrenewed lease would last.
    time.sleep(3.5)
    meanwhile = start(TRY, tmp_path / "two", postgres).communicate()[0]
    holder = level_runs.program_of(first)
    first.kill()
    first.wait()
    time.sleep(3)
    afterwards = start(TRY, tmp_path / "two", postgres).communicate()[0]

    holds = f"{tmp_path / 'one' / LEVELS[4].name}, process {holder.pid}"
    assert f"{holds}, training: let that one go on" in meanwhile
    assert afterwards == "mine\n"
