"""ruff and pyrefly find nothing to complain about in the whole repository."""

import subprocess
import sys

from ladder.places import ROOT


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


def test_the_types_are_right() -> None:
    output = run("pyrefly", "check", "--summary=none", "--python-interpreter-path", sys.executable)

    assert output == ""
