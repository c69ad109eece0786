"""Every level passes its own tests, in its own folder and in a copy outside the repository."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import proven
import pytest

from ladder.places import FEED
from ladder.places import LEVELS

SUITES = [level for level in LEVELS if level]


def run_suite(folder: Path, scratch: Path, left_out: list[str]) -> tuple[subprocess.CompletedProcess, dict[str, int]]:
    """Run the tests that stand in a level's folder but for some files; returns what pytest said, and its counts."""
    report = scratch / "report.xml"
    environment = {**os.environ, "FLIGHTTIME_FEED": str(FEED), "PYTHONDONTWRITEBYTECODE": "1"}
    environment = {name: value for name, value in environment.items() if not name.startswith("PYTEST_")}
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:nbval", f"--junitxml={report}", f"--basetemp={scratch / 'temp'}"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *(f"--ignore={path}" for path in left_out)],
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
def test_level_passes_its_own_tests(level, tmp_path, record_property, pytestconfig):
    known = [] if level == 1 or pytestconfig.getoption("every") else proven.below(LEVELS[level], LEVELS[level - 1])
    ran, counted = run_suite(LEVELS[level], tmp_path, known)

    record_property("suite", [LEVELS[level].name, {**counted, "known": len(known)}])
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


def test_what_is_the_same_a_level_below_is_not_run_again_and_nothing_else_is_left_out(tmp_path):
    lower, upper = tmp_path / "lower", tmp_path / "upper"
    for level in (lower, upper):
        (level / "tests").mkdir(parents=True)
        (level / "flighttime" / "web").mkdir(parents=True)
        (level / "flighttime" / "a.py").write_text("from flighttime import b\n", encoding="utf-8")
        (level / "flighttime" / "b.py").write_text('RUN = ["-m", "flighttime.c"]\n', encoding="utf-8")
        (level / "flighttime" / "c.py").write_text("", encoding="utf-8")
        (level / "flighttime" / "d.py").write_text("from flighttime.web import e\n", encoding="utf-8")
        (level / "flighttime" / "web" / "e.py").write_text("", encoding="utf-8")
        (level / "flighttime" / "web" / "e.html").write_text("", encoding="utf-8")
        for name in ("a", "c", "d"):
            (level / "tests" / f"test_{name}.py").write_text(f"from flighttime import {name}\n", encoding="utf-8")
        (level / "tests" / "test_f.py").write_text('OWNERS = ".github/CODEOWNERS"\n', encoding="utf-8")

    def left_out() -> list[str]:
        return [Path(path).stem for path in proven.below(upper, lower)]

    assert left_out() == ["test_a", "test_c", "test_d"]
    (upper / "flighttime" / "web" / "e.html").write_text("another", encoding="utf-8")
    assert left_out() == ["test_a", "test_c"]
    (upper / "flighttime" / "c.py").write_text("another", encoding="utf-8")
    assert left_out() == []
    (lower / "flighttime" / "c.py").write_text("another", encoding="utf-8")
    (upper / "tests" / "test_a.py").write_text("from flighttime import a, b\n", encoding="utf-8")
    assert left_out() == ["test_c"]
