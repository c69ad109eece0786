"""Level 0 reads the tables from a folder, and says so instead of waiting for an address."""

import subprocess
from pathlib import Path

import nbformat
from level_runs import own_environment
from level_runs import starter

from ladder.places import LEVELS

# Nothing answers there, and TEST-NET-1 drops what is sent: a client that asks it waits.
ADDRESS = "http://jo:secret@192.0.2.1/feed"
REASON = "FLIGHTTIME_FEED is an address: download the tables, and name their folder"
TIMEOUT_SECONDS = 60


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [starter().python, *arguments],
        cwd=LEVELS[0],
        env=own_environment(FLIGHTTIME_FEED=ADDRESS),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=TIMEOUT_SECONDS,
    )


def test_the_script_refuses_an_address_as_its_feed(tmp_path: Path) -> None:
    done = run("score.py", "flights.csv", str(tmp_path / "predictions.csv"))

    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == f"score.py: error: {REASON}"
    assert list(tmp_path.iterdir()) == []


def test_the_notebook_refuses_an_address_as_its_feed() -> None:
    cells = nbformat.read(LEVELS[0] / "explore.ipynb", as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    (first, *_) = [source for source in code if "read_parquet" in source]

    done = run("-c", first)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"ValueError: {REASON}"
