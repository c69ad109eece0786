"""An attendee who types what the messages say, and nothing else: the lines `next:` and `or:`."""

import contextlib
import io
import os
import shlex
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from ladder import cli

TRACEBACK = "Traceback (most recent call last)"


class Climber:
    """One terminal. A command that was typed in the same standing before gives way to `or:`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said = ""
        self.typed: list[str] = []
        self.standing: tuple = ()
        self.tried: set[str] = set()

    def type(self, line: str) -> str:
        """Type one line; returns what was printed."""
        self.typed.append(line)
        program, *words = shlex.split(line)
        if program == "cd":
            self.folder = self.folder / words[0]
            assert self.folder.is_dir(), line
            return self.said
        assert program == "ladder", f"{line!r} is not a command of the ladder"
        before = signal.getsignal(signal.SIGTERM)
        try:
            with contextlib.chdir(self.folder), captured() as output:
                code = cli.main(words)
        finally:
            signal.signal(signal.SIGTERM, before)
        self.said = output.getvalue()
        assert code in (0, 1, 2) and TRACEBACK not in self.said, self.said
        return self.said

    def follow(self, until: Callable[[str], bool], limit: int = 60) -> str:
        """Type what is said until a message fits; returns this message."""
        for _ in range(limit):
            if until(self.said):
                return self.said
            for line in self.choices():
                self.type(line)
        raise AssertionError(f"after {limit} commands still: {self.said}")

    def choices(self) -> list[str]:
        """The next lines to type: those that say `next:`, or `or:` if they were tried in vain."""
        now = self.state()
        if now != self.standing:
            self.standing, self.tried = now, set()
        lines = [line.partition(":") for line in self.said.splitlines()]
        said = [(name, rest.strip()) for name, _, rest in lines if name in ("next", "or")]
        following = [line for name, line in said if name == "next"]
        assert following, f"this says not what to type next: {self.said}"
        for group in (following, *([line] for name, line in said if name == "or")):
            if not set(group) <= self.tried:
                self.tried |= set(group)
                return group
        raise AssertionError(f"the messages lead in a circle: {self.said}")

    def state(self) -> tuple:
        """What a command may have changed: the commits and the files."""
        if not (self.folder / ".git").exists():
            return (self.folder,)
        commands = (["rev-parse", "HEAD"], ["status", "--porcelain"])
        return tuple(git(self.folder, *command) for command in commands)


@contextlib.contextmanager
def captured():
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        yield output


def git(folder: Path, *arguments: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], env=kept, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
