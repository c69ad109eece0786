"""Release the application: a folder a version, and one move that switches to it.

    python -m flighttime.deploy
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from flighttime import content
from flighttime import files
from flighttime import settings
from flighttime import steps
from flighttime.errors import Refused


def deploy() -> str:
    """Release what stands in this checkout and return its version; the version before stays where it is."""
    version = content.version(settings.ROOT)
    folder = releases() / version
    if not folder.exists():
        with files.whole_folder(folder) as unfinished:
            content.copy(settings.ROOT, unfinished)
            try_out(unfinished)
    files.write_whole(releases() / "current", lambda path: path.write_text(version, encoding="utf-8"))
    return version


def try_out(folder: Path) -> None:
    """Import the copied application in a process of its own, so that a broken one is never switched to."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", "import flighttime.app"]
    tried = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if tried.returncode:
        reason = tried.stderr.strip().rpartition("\n")[2]
        raise Refused(f"the application does not start, so nothing was released: {reason}")


def current() -> Path:
    """The folder of the released application."""
    pointer = releases() / "current"
    if not pointer.exists():
        raise Refused("no application has been released yet: run python -m flighttime.deploy")
    return releases() / pointer.read_text(encoding="utf-8")


def releases() -> Path:
    return settings.runs() / "releases"


def main(arguments: argparse.Namespace) -> None:
    with steps.group("Release the application"):
        steps.output("application", deploy())
        steps.output("folder", current())


if __name__ == "__main__":
    steps.run(main, steps.parser(__doc__))
