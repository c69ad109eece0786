"""The order of the tests, applications to try, and a summary by level: how many tests each level's own suite ran."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import postgres as servers
import pytest

from ladder import ports
from ladder.places import FEED
from ladder.places import LEVELS
from ladder.service import running

# Small trees learn fast, and are as good to ask as large ones.
SMALL = """
from datetime import date
from flighttime import model
build = model.build
model.build = lambda: build().set_params(trees__max_iter=20, trees__learning_rate=0.3)
day = date(2013, 3, 1)
"""
BY_HAND = """
import shutil
from flighttime import ingest, production, train
ingest.update(day)
made = train.train(day) / "model.skops"
production.place().parent.mkdir()
shutil.copy(made, production.place())
"""
BY_ITSELF = """
from flighttime import certify, package, pipeline, release
version = pipeline.run(day, str)
package.package(version)
certify.certify(version, day)
release.release(version, day, "Kim")
"""
MADE = {1: SMALL + BY_HAND, 4: SMALL + BY_ITSELF}


def pytest_configure():
    # What is started in the background ignores Ctrl-C, and so would all that the tests start and interrupt.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser):
    known = "run a level's test files also where they and their modules are the same a level below"
    parser.addoption("--every", action="store_true", help=known)


def pytest_collection_modifyitems(items):
    """What takes longest begins first, so that the processes end together."""
    items.sort(key=lambda item: ("published_numbers" not in item.name, item.get_closest_marker("slow") is None))


def pytest_terminal_summary(terminalreporter):
    suites = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "call"
        for name, value in report.user_properties
        if name == "suite"
    ]
    if not suites:
        return
    terminalreporter.section("the levels' own tests")
    for level, counted in sorted(suites):
        bad = counted.get("failures", 0) + counted.get("errors", 0)
        terminalreporter.line(
            f"{level:<24}{counted['tests']:>4} run, {bad} failed, {counted.get('skipped', 0)} skipped"
            + (f"; {counted['known']} files and all their modules are as a level below" if counted.get("known") else ""),
        )


@pytest.fixture(scope="session", params=MADE, ids="level {}".format)
def level(request: pytest.FixtureRequest) -> int:
    """The lowest level with an application, and the highest."""
    return request.param


@pytest.fixture(scope="session")
def runs(level: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the level has a model in production, as in `runs` of the repository. Made once: only look at it."""
    everybodys = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        everybodys = everybodys.parent
    runs = everybodys / f"runs of level {level}"
    # Other processes of these tests need the same: whoever comes first makes it.
    with closing(sqlite3.connect(everybodys / f"making level {level}.db", timeout=300)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        if not runs.exists():
            make(level, everybodys / f"unfinished runs of level {level}").rename(runs)
    return runs


def make(level: int, runs: Path) -> Path:
    script = [sys.executable, "-c", MADE[level]]
    made = subprocess.run(script, cwd=LEVELS[level], env=world(level, runs), capture_output=True, encoding="utf-8")
    assert made.returncode == 0, made.stdout + made.stderr
    return runs


def world(level: int, runs: Path) -> dict[str, str]:
    """The environment of a level on its first day, out of sight of everything else."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FLIGHTTIME_", "MLFLOW_"))}
    return {
        **kept,
        "FLIGHTTIME_FEED": str(FEED),
        "FLIGHTTIME_RUNS": str(runs / LEVELS[level].name),
        "FLIGHTTIME_TODAY": "2013-03-01",
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@pytest.fixture(scope="session")
def application(level: int, runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the level's application, which runs as its users run it, on state of its own."""
    own = tmp_path_factory.mktemp("application") / "runs"
    shutil.copytree(runs, own)
    port = ports.somewhere()
    address = f"http://{ports.LOOPBACK}:{port}"
    command = [sys.executable, "-m", "flighttime.app", "--port", f"{port}"]
    with running("It", command, folder=LEVELS[level], environment=world(level, own), log=own / "log") as server:
        server.wait_until_answering(f"{address}/health/ready")
        yield address


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[servers.Server]:
    """One for all that these tests keep on a server."""
    with servers.running() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: servers.Server) -> str:
    """The address of an empty database."""
    return postgres_server.database(f"of_{uuid.uuid4().hex}")
