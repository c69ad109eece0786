"""ruff and mypy find nothing to complain about in the whole repository."""

import subprocess
import sys

import pytest

from ladder.places import GROUNDCREW
from ladder.places import LEVELS
from ladder.places import ROOT

CACHE = ROOT / "runs" / "lint"
# Every level's package has the same name, so mypy looks at each in a run of its own.
PACKAGES = [
    [ROOT / "shared" / "ladder", GROUNDCREW],
    *([folder / "flighttime"] for number, folder in LEVELS.items() if number),
]


def run(*command: object) -> str:
    """Run a module of this Python in the repository; returns its output, empty if it succeeds."""
    ran = subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return (ran.stdout + ran.stderr)[-10_000:] if ran.returncode else ""


def test_ruff_finds_nothing() -> None:
    output = run("ruff", "check", "--quiet", "--no-cache", "--output-format=concise", ".")

    assert output == ""


def test_every_module_is_formatted() -> None:
    output = run("ruff", "format", "--check", "--quiet", "--no-cache", ".")

    assert output == ""


@pytest.mark.slow
def test_mypy_finds_nothing() -> None:
    # One after the other: they share a cache.
    outputs = [run("mypy", "--cache-dir", CACHE, *folders) for folders in PACKAGES]

    assert "".join(outputs) == ""
