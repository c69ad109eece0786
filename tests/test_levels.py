"""Every level passes its own tests, in its own folder and in a copy outside the repository."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ladder.places import FEED
from ladder.places import LEVELS

SUITES = [level for level in LEVELS if level]


def run_suite(folder: Path, scratch: Path) -> tuple[subprocess.CompletedProcess, dict[str, int]]:
    """Run the tests that stand in a level's folder; returns what pytest said, and its counts."""
    report = scratch / "report.xml"
    environment = {**os.environ, "FLIGHTTIME_FEED": str(FEED), "PYTHONDONTWRITEBYTECODE": "1"}
    environment = {name: value for name, value in environment.items() if not name.startswith("PYTEST_")}
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:nbval", f"--junitxml={report}", f"--basetemp={scratch / 'temp'}"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    return ran, counts(report)


def counts(report: Path) -> dict[str, int]:
    if not report.exists():
        return {"tests": 0}
    suite = ElementTree.parse(report).getroot().find("testsuite")
    return {name: int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")}


@pytest.mark.slow
@pytest.mark.parametrize("level", SUITES)
def test_level_passes_its_own_tests(level, tmp_path, record_property):
    ran, counted = run_suite(LEVELS[level], tmp_path)

    record_property("suite", [LEVELS[level].name, counted])
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-3000:]
    assert counted["tests"] > counted["skipped"]


@pytest.mark.slow
@pytest.mark.parametrize("level", SUITES)
def test_level_works_from_a_copy_elsewhere(level, tmp_path):
    copy = tmp_path / "a copy elsewhere" / "flights"
    shutil.copytree(LEVELS[level], copy, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    environment = {name: value for name, value in os.environ.items() if name != "FLIGHTTIME_RUNS"}
    environment |= {"FLIGHTTIME_FEED": str(FEED), "FLIGHTTIME_TODAY": "2013-03-01"}

    for module in ["ingest", "train"] if level == 1 else ["pipeline"]:
        ran = subprocess.run(
            [sys.executable, "-m", f"flighttime.{module}"],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr

    assert any((copy / ".runs").iterdir())
