"""The order of the tests, applications to test, and a summary of each level's suite."""

import functools
import inspect
import os
import shutil
import signal
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import level_runs
import one_starter
import postgres as servers
import pytest
from filelock import FileLock
from level_runs import SCRIPTS
from level_runs import level_environment
from level_runs import run_python
from xdist.scheduler import LoadScopeScheduling

from groundcrew import shield
from ladder import ports
from ladder import warm
from ladder.places import LEVELS
from ladder.service import running

# These tests need the highest level's package: test_study.py runs them in its folder.
collect_ignore = ["study"]

# Parts of their names, the longest first.
LONGEST = [
    "proves_what_it_claims",
    "published_numbers",
    "shows_what_it_showed",
    "passes_its_own_tests",
    "prints_what_its_readme_says",
    "denied_rolled_back_and_released",
    "a_breach_starts",
    "delivery_that_comes_twice",  # its file plays incidents
    "broken_application_is_found",
    "second_run",
]


# A fixture of theirs takes seconds, and is made once for the tests of the file: one process runs
# them.
TOGETHER = (
    "levels/test_poisoned_labels",
    "levels/test_validation_rules",
    "levels/test_year_figures",
    "groundcrew/test_label_level",
    "groundcrew/test_registry",
    "test_incidents",
    "test_live",
    "test_releases",
    "test_site",
    "test_visit",
)


APPLICATION = "level {}"
# Parts of the names of what only --every runs. The application of the lowest level is part of the
# highest one's, where it is tested. What a level requires is between what its neighbours do.
ONLY_WITH_EVERY = (
    f"[{APPLICATION.format(min(SCRIPTS))}",
    *(f"elsewhere_with_what_it_requires[{level}]" for level in (2, 3)),
)


class Scheduling(LoadScopeScheduling):
    """One test after the other, in their order, to the process that is free."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition(".py::")[0]
        return file if file.endswith(TOGETHER) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return Scheduling(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs):
    """The processes of the tests begin with the libraries imported, as the levels' commands do."""
    python = one_starter.program(one_starter.ask(offer()))
    for spec in specs:
        spec.python = python


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Before a process of the tests is started."""
    node.workerinput["offered"] = str(offer())


@functools.cache
def offer() -> Path:
    return one_starter.offer(level_runs.KEPT)


def pytest_configure(config):
    # Before a test imports MLflow, which would tell its makers, and note that in the environment.
    os.environ.update(shield.MLFLOW_VARIABLES)
    if hasattr(config, "workerinput"):
        level_runs.offered = Path(config.workerinput["offered"])
        # A pytest that a test starts would delete the files of earlier runs, which takes seconds.
        os.environ["PYTEST_DEBUG_TEMPROOT"] = os.path.dirname(config.option.basetemp)
        # What a test starts as sys.executable is to start cold.
        subprocess.Popen.__init__ = inspect.unwrap(subprocess.Popen.__init__)
    # A process in the background ignores Ctrl-C, and so would those that the tests start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_unconfigure():
    level_runs.KEPT.close()


def pytest_addoption(parser):
    every = "leave nothing out: also what another level shows, and each fault of the checks"
    parser.addoption("--every", action="store_true", help=every)


def pytest_collection_modifyitems(config, items):
    """Start the longest tests first, so that the processes end together."""
    if not config.getoption("every"):
        left_out = [item for item in items if any(part in item.name for part in ONLY_WITH_EVERY)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    items.sort(
        key=lambda item: (
            next((at for at, name in enumerate(LONGEST) if name in item.name), len(LONGEST)),
            item.get_closest_marker("slow") is None,
        )
    )


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
    terminalreporter.section("the levels' own tests, and details")
    for level, counted in sorted(suites):
        bad = counted.get("failures", 0) + counted.get("errors", 0)
        terminalreporter.line(
            f"{level:<24}{counted['tests']:>4} run, {bad} failed, "
            f"{counted.get('skipped', 0)} skipped"
            + (
                f"; {counted['known']} files and all that they reach are as a level below"
                if counted.get("known")
                else ""
            ),
        )


@pytest.fixture(scope="session", params=SCRIPTS, ids=APPLICATION.format)
def level(request: pytest.FixtureRequest) -> int:
    """The lowest level with an application, and the highest."""
    return request.param


@pytest.fixture(scope="session")
def runs(level: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """State with a model in production, as in `runs` of the repository. Made once: read only."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    runs, made = shared / f"runs of level {level}", shared / f"runs of level {level} are made"
    # All processes of these tests need it: the first one makes it.
    with FileLock(shared / f"level {level}.lock"):
        if not made.exists():
            # In its final place: the registry stores where the artifacts of a run are.
            run_python(SCRIPTS[level], level, level_environment(level, runs))
            made.touch()
    return runs


@pytest.fixture(scope="session")
def application(level: int, runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the level's application, which runs on its own state."""
    own = tmp_path_factory.mktemp("application") / "runs"
    shutil.copytree(runs, own)
    port = ports.somewhere()
    address = f"http://{ports.LOOPBACK}:{port}"
    command = [level_runs.starter().python, "-m", "flighttime.app", "--port", f"{port}"]
    with running(
        "the application",
        command,
        folder=LEVELS[level],
        environment=level_environment(level, own),
        log=own / "log",
    ) as server:
        server.wait_until_answering(f"{address}/health/ready")
        yield address


@pytest.fixture(scope="session")
def starter() -> warm.Starter:
    """Starts the commands of the levels in a moment."""
    return level_runs.starter()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[servers.Server]:
    """One server for all tests of a process; each test gets a database of its own."""
    with servers.running() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: servers.Server) -> str:
    """The address of an empty database."""
    return postgres_server.database(f"of_{uuid.uuid4().hex}")
