"""Run with any Python that a newcomer has: set up the environment, then hand over to it."""

import os
import sys

from ladder import cli
from ladder import stamp
from ladder.errors import LadderError
from ladder.errors import typed


def ready() -> None:
    if stamp.verdict() is None:
        return
    # Imported late: nearly every call does without.
    from ladder.install import install

    install()


def clean_environment() -> dict[str, str]:
    """This environment without variables that would mix in another Python or its packages."""
    unwanted = {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def hand_over(arguments: list[str]) -> int:
    command = [stamp.interpreter(), "-P", "-m", "ladder.cli", *arguments]
    if os.name != "nt":
        sys.stdout.flush()
        sys.stderr.flush()
        os.execve(command[0], command, clean_environment())
    import subprocess

    child = subprocess.Popen(command, env=clean_environment())
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            # The console sent it to the child too, which stops its own children first.
            continue


def main(arguments: list[str]) -> int:
    if cli.wants_help(arguments):
        return cli.main(arguments)
    try:
        cli.require_command(arguments[0])
        ready()
        return hand_over(arguments)
    except LadderError as refusal:
        print(f"ladder: {typed(refusal)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nladder: stopped; the next call goes on from here", file=sys.stderr)
        return 130
