"""Commands as in a terminal, in the project's folder, with output that is always the same."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from groundcrew import settings
from groundcrew import shield
from groundcrew.errors import UserError
from groundcrew.lab.messages import clean

# A person's own settings of git are neither needed nor changed.
GIT = {
    "user.name": "You",
    "user.email": "you@example.org",
    "commit.gpgsign": "false",
    "core.autocrlf": "false",
    "core.hooksPath": os.devnull,
}


def run(command: str, folder: Path | None = None) -> None:
    """Run a command such as `python -m flighttime.train`, and print what it says.

    Times, digests and the path of the state folder are shortened. The default `folder` is the
    project's.
    """
    print(clean(_run(command, folder).stdout), end="")


def succeeds(command: str, folder: Path | None = None) -> bool:
    """Run a command without printing; return whether its exit code is 0."""
    return _run(command, folder).returncode == 0


def git(*arguments: str) -> None:
    """Run git in the project's folder; raises UserError, with its last line, if it fails."""
    options = [text for name, value in GIT.items() for text in ("-c", f"{name}={value}")]
    done = subprocess.run(
        ["git", *options, *arguments],
        cwd=settings.root(),
        env=shield.current(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        raise UserError(f"git {arguments[0]} failed ({last}): restart the kernel and try again")


def edit(file: Path, old: str, new: str) -> None:
    """Replace a text in a file; raises UserError if the file does not contain it."""
    text = file.read_bytes()
    if old.encode() not in text:
        raise UserError(f"{file.name} does not contain {old!r}: choose a text that it contains")
    file.write_bytes(text.replace(old.encode(), new.encode()))


def _run(command: str, folder: Path | None) -> subprocess.CompletedProcess[str]:
    program, *arguments = shlex.split(command)
    # Unbuffered: what is printed has the order in which a terminal would show it.
    python = [sys.executable, "-u"] if program == "python" else [program]
    return subprocess.run(
        [*python, *arguments],
        cwd=folder or settings.root(),
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
