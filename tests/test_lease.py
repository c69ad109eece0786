"""One loop acts at a time, also where two machines share a database: the first one's death is waited out, and no longer."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ladder.places import LEVELS

pytestmark = pytest.mark.slow

HOLD = "with lease.held('training'): print('held', flush=True); input()"
TRY = """
try:
    with lease.held("looking"):
        print("mine")
except Refused as refusal:
    print(refusal)
"""
SHORT = """
from flighttime import lease
from flighttime.errors import Refused
lease.SECONDS, lease.SECONDS_BETWEEN_RENEWALS = 3.0, 0.5
"""


def start(program: str, runs: Path, postgres: str) -> subprocess.Popen:
    outer = {name: value for name, value in os.environ.items() if not name.startswith("FLIGHTTIME_")}
    here = {"FLIGHTTIME_RUNS": str(runs), "FLIGHTTIME_OBSERVED": postgres, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", SHORT + program]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=LEVELS[4], env=outer | here, **pipes)


def test_two_machines_share_a_database_and_one_loop(postgres: str, tmp_path: Path) -> None:
    # Each has a state of its own, so neither can see whether the other's process lives.
    first = start(HOLD, tmp_path / "one", postgres)
    assert first.stdout.readline() == "held\n"

    # Longer than an unrenewed lease would last.
    time.sleep(3.5)
    meanwhile = start(TRY, tmp_path / "two", postgres).communicate()[0]
    first.kill()
    first.wait()
    time.sleep(3)
    afterwards = start(TRY, tmp_path / "two", postgres).communicate()[0]

    assert f"{tmp_path / 'one'}, process {first.pid}, training: let that one go on" in meanwhile
    assert afterwards == "mine\n"
