"""Every level passes its own tests, and works in a copy elsewhere with a wheel of groundcrew."""

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from xml.etree import ElementTree

import proven
import pytest
from dependencies import installed_by
from filelock import FileLock
from level_runs import level_environment
from level_runs import own_environment
from level_runs import starter
from level_runs import warmly
from packaging.utils import canonicalize_name

from ladder import level_files
from ladder.places import GROUNDCREW
from ladder.places import LEVELS

SUITES = [level for level in LEVELS if level]
DETAILS = Path(__file__).parent / "levels" / "details"
# Refuse every package that the level's requirements do not install.
GUARD = """
import sys
REFUSED = {refused}
class Guard:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in REFUSED:
            raise ModuleNotFoundError(f"{{name}} is not in the level's requirements", name=name)
sys.meta_path.insert(0, Guard)
"""
COMMANDS = {
    1: ["ingest", "train"],
    2: ["pipeline"],
    3: ["pipeline", "package --version 1"],
    4: ["pipeline", "monitor"],
}
# One process for all: most of the time goes into imports. The pages need the templates and the
# assets of groundcrew.
RUN = """
import runpy, sys
for command in {commands}:
    sys.argv = command.split()
    try:
        runpy.run_module(f"flighttime.{{sys.argv[0]}}", run_name="__main__")
    except SystemExit as end:
        if end.code:
            raise
"""
PAGES = """
import re
from starlette.testclient import TestClient
import groundcrew
from flighttime import app
with TestClient(app.create(), base_url="http://localhost") as client:
    page = client.get("/").text
    (style,) = re.findall(r'href="([^"]*page[^"]*[.]css[^"]*)"', page)
    print(groundcrew.__file__, "No answer now" in page, client.get(style).status_code)
"""


def run_suite(
    python: str, folder: Path, scratch: Path, left_out: list[str]
) -> tuple[subprocess.CompletedProcess, dict[str, int]]:
    """Run the tests of a level's folder without some files; returns the run, and its counts."""
    report = scratch / "report.xml"
    environment = own_environment(
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", PYTHONPATH=f"{folder / 'tests'}"
    )
    # The details, outside of the level's folder, use the fixtures of the level's conftest.py too.
    options = [
        "-q",
        "--noconftest",
        *("-p", "conftest"),
        *("-p", "no:cacheprovider"),
        f"--junitxml={report}",
        f"--basetemp={scratch / 'temp'}",
        *(f"--ignore={path}" for path in left_out),
    ]
    details = [path for path in [DETAILS / f"{folder.name[:6]}.py"] if path.exists()]
    ran = subprocess.run(
        [python, "-m", "pytest", *options, "tests", *details],
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
def test_level_passes_its_own_tests(level, starter, tmp_path, record_property, pytestconfig):
    every = pytestconfig.getoption("every")
    left_out = [] if level == 1 or every else proven.below(LEVELS[level], LEVELS[level - 1])
    # With --every as anybody starts it, as does the push of test_act whose tests fail.
    python = sys.executable if every else starter.python
    ran, counted = run_suite(python, LEVELS[level], tmp_path, left_out)

    record_property("suite", [LEVELS[level].name, {**counted, "known": len(left_out)}])
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-3000:]
    assert counted["tests"] > counted["skipped"]


@pytest.fixture(scope="session")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel of groundcrew, made once without a network."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    vendor = shared / "vendor"
    with FileLock(shared / "vendor.lock"):
        if not vendor.exists():
            # From a copy: a build writes into the folder that it builds.
            source = shared / "groundcrew"
            shutil.copytree(GROUNDCREW.parents[1], source, ignore=LEFT_OUT)
            pip("wheel", "--no-build-isolation", "--wheel-dir", f"{vendor}", f"{source}")
    return vendor


LEFT_OUT = shutil.ignore_patterns("__pycache__", ".pytest_cache", "*.egg-info", "build")


def pip(command: str, *options: str, folder: Path | None = None) -> None:
    # A build has its own version of a module that the starter has imported.
    python = sys.executable if command == "wheel" else starter().python
    call = [python, "-m", "pip", command, "--quiet", "--no-index", "--no-deps", *options]
    done = subprocess.run(call, cwd=folder, env=warmly(), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("level", SUITES)
def test_level_works_in_a_copy_elsewhere_with_what_it_requires(
    level: int, vendor: Path, tmp_path: Path
) -> None:
    """The lowest level and the highest; those between them with --every."""
    copy, site = tmp_path / "a copy elsewhere" / "flights", tmp_path / "site"
    level_files.copy(LEVELS[level], copy)
    shutil.copytree(vendor, copy / "vendor")
    options, *requirements = (copy / "requirements.txt").read_text(encoding="utf-8").splitlines()
    (groundcrew,) = [line for line in requirements if line.startswith("groundcrew")]
    pip("install", *options.split(), "--target", f"{site}", groundcrew, folder=copy)
    allowed = installed_by(requirements)
    refused = {
        package
        for package, names in packages_distributions().items()
        if not {canonicalize_name(name) for name in names} & allowed
    }
    guard = GUARD.format(refused=json.dumps(sorted(refused)))
    (site / "sitecustomize.py").write_text(guard, encoding="utf-8")
    environment = level_environment(level, tmp_path) | {"PYTHONPATH": str(site)}
    del environment["FLIGHTTIME_RUNS"]
    environment["FLIGHTTIME_TODAY"] = "2013-01-20"

    said = run(RUN.format(commands=COMMANDS[level]) + PAGES, copy, environment)

    assert said.split() == [f"{site / 'groundcrew' / '__init__.py'}", "True", "200"]
    assert any((copy / ".runs").iterdir())


def run(script: str, folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()[-1]


A = "from flighttime import b\n\n\ndef answer():\n    return b.one()\n"
B = """
from flighttime.c import LIMIT
from groundcrew import settings

def one():
    from flighttime import e

    return settings.section("gate"), LIMIT, e.late()

def other():
    return 7
"""
D = """
class Base:
    base = 1

class D(Base):
    card = "card.md"

def answer():
    return D()
"""
TEST = "from flighttime import {0}\n\n\ndef test():\n    {0}.answer()\n"
# A file, a text in it and what replaces it in the upper level; the tests that must run there too.
CHANGES = {
    "what it calls": ("flighttime/b.py", "return settings", "return 1, settings", "a"),
    "what that reads": ("flighttime/c.py", "LIMIT = 7", "LIMIT = 8", "ac"),
    "what runs at import": ("flighttime/c.py", "print()", "print(1)", "ac"),
    "what is imported late": ("flighttime/e.py", "return 1", "return 2", "a"),
    "another process": ("flighttime/c.py", "def main", "def other", "c"),
    "what a class inherits": ("flighttime/d.py", "base = 1", "base = 2", "d"),
    "a file": ("flighttime/card.md", "a card", "another", "d"),
    "settings": ("flighttime.toml", "a = 1", "a = 2", "a"),
    "the test": ("tests/test_d.py", "answer()", "answer() or 1", "d"),
    "what none of them reaches": ("flighttime/b.py", "return 7", "return 8", ""),
    "settings that none of them reads": ("flighttime.toml", "b = 1", "b = 2", ""),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_only_what_the_level_below_proves_is_left_out(tmp_path: Path, change: tuple) -> None:
    lower, upper = tmp_path / "lower", tmp_path / "upper"
    for level in (lower, upper):
        write(level / "flighttime.toml", "[gate]\na = 1\n[policy]\nb = 1\n")
        write(level / "flighttime" / "a.py", A)
        write(level / "flighttime" / "b.py", B)
        write(level / "flighttime" / "c.py", "LIMIT = 7\nprint()\n\n\ndef main():\n    pass\n")
        write(level / "flighttime" / "d.py", D)
        write(level / "flighttime" / "e.py", "def late():\n    return 1\n")
        write(level / "flighttime" / "card.md", "a card")
        write(level / "tests" / "test_a.py", TEST.format("a"))
        write(level / "tests" / "test_c.py", 'RUN = ["-m", "flighttime.c"]\n')
        write(level / "tests" / "test_d.py", TEST.format("d"))
        write(level / "tests" / "test_f.py", 'OWNERS = ".github/CODEOWNERS"\n')
    file, old, new, run = change
    text = (upper / file).read_text(encoding="utf-8")
    assert old in text
    write(upper / file, text.replace(old, new))

    left_out = {path[-4] for path in proven.below(upper, lower)}

    assert left_out == set("acd") - set(run)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


# Python's own option compiles every library once more; this leaves out our docstrings.
WITHOUT_DOCSTRINGS = """
import importlib.machinery as machinery
machinery.SourceFileLoader.get_code = lambda self, name: compile(
    self.get_data(self.path), self.path, "exec", dont_inherit=True, optimize=2)
"""
OF_EACH_LEVEL = """
import os, sys
pages, runs, *levels = sys.argv[1:]
for level in levels:
    os.environ["FLIGHTTIME_RUNS"] = os.path.join(runs, os.path.basename(level))
    os.chdir(level)
    exec(pages, {"__name__": "__main__"})
    app = sys.modules["flighttime.app"]
    print(app.__file__, app.__doc__, sys.modules["groundcrew.web"].__doc__)
    # The next application is another one, with counters of its own.
    for name in [*sys.modules]:
        if name.partition(".")[0] in ("flighttime", "groundcrew", "prometheus_client"):
            del sys.modules[name]
"""


@pytest.mark.slow
def test_the_applications_answer_where_python_leaves_out_docstrings(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    environment = own_environment(FLIGHTTIME_TODAY="2013-03-01")
    python, script = starter().python, WITHOUT_DOCSTRINGS + OF_EACH_LEVEL
    if pytestconfig.getoption("every"):
        environment["PYTHONOPTIMIZE"] = "2"
        python, script = sys.executable, OF_EACH_LEVEL
    folders = [LEVELS[level] for level in SUITES]

    answered = subprocess.run(
        [python, "-c", script, PAGES, f"{tmp_path}", *map(str, folders)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert answered.returncode == 0, answered.stderr
    said = answered.stdout.splitlines()
    assert said[1::2] == [f"{folder / 'flighttime' / 'app.py'} None None" for folder in folders]
    assert all(page.endswith(" True 200") for page in said[::2]), said
