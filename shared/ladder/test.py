"""Run the whole test suite: groundcrew's tests, the levels', the notebooks, and the ladder's."""

import argparse
import os
import subprocess
import sys

from ladder.errors import LadderError
from ladder.places import ROOT

MOST_PROCESSES = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fast", action="store_true", help="leave out what takes long; about two minutes"
    )
    parser.add_argument(
        "rest",
        nargs="*",
        metavar="PYTEST",
        help="after --: what pytest is to be given, such as -- -k gate, or -- --every",
    )


def main(arguments: argparse.Namespace) -> int:
    require_file(arguments.rest)
    # Each process keeps a core busy: with several threads each, all would take twice as long.
    environment = {"OMP_NUM_THREADS": "1", **os.environ}
    environment.pop("PYTEST_DISABLE_PLUGIN_AUTOLOAD", None)  # `ladder shell` sets it
    return subprocess.run(
        command(arguments.fast, arguments.rest), cwd=ROOT, env=environment
    ).returncode


def require_file(rest: list[str]) -> None:
    """Raise LadderError if the first word is neither an option nor a file: pytest names none."""
    if rest and not rest[0].startswith("-") and not (ROOT / rest[0].partition("::")[0]).exists():
        raise LadderError(
            f"there is no file {rest[0]}; `ladder test -- FILE` runs the tests of a file, "
            "`ladder test -- -k WORD` those with a word in their name"
        )


def command(fast: bool, rest: list[str]) -> list[str]:
    # One more than cores: some tests wait for a time limit, or for a page.
    processes = min((os.cpu_count() or 1) + 1, MOST_PROCESSES)
    chosen = ["-m", "not slow"] if fast else []
    # In the order of tests/conftest.py, which says too what stays together.
    spread = ["-n", f"{processes}", "--no-loadscope-reorder"]
    # Plugins that no test here uses, and that take two seconds to import.
    without = ["-p", "no:nbval", "-p", "no:schemathesis"]
    return [sys.executable, "-m", "pytest", *spread, *without, *chosen, *rest]
