"""An attendee who types what the messages say, and nothing else: the lines `next:` and `or:`."""

import contextlib
import io
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path

import pytest

from ladder import cli
from ladder.climbing import check
from ladder.climbing import exercises
from ladder.climbing import levels
from ladder.climbing import suite
from ladder.climbing.suite import Result
from ladder.climbing.suite import Statement

DEFECTS = ("Traceback", "this is a defect")


def changed(level: int, upper: int) -> list[str]:
    """The files that a step changes or adds."""
    before = levels.content(level)
    return [path for path, text in levels.content(upper).items() if text != before.get(path)]


class Climber:
    """One terminal. A command that was typed in the same standing before gives way to `or:`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said = ""
        self.code = 0
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
                self.code = code = cli.main(words)
        finally:
            signal.signal(signal.SIGTERM, before)
        self.said = output.getvalue()
        assert code in (0, 1, 2) and not any(bad in self.said for bad in DEFECTS), self.said
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


def tree(folder: Path) -> dict[str, bytes]:
    names = git(folder, "ls-files").splitlines()
    return {name: (folder / name).read_bytes() for name in names}


# A small stand-in for the conformance suite, which has tests of its own: a module of each level.
MODULES = {0: "", 1: "train", 2: "pipeline", 3: "verdict", 4: "policy"}


def statement(level: int) -> Statement:
    promise = f"what Level {level} promises"
    return Statement(
        f"module.{level}", "headline", level, promise, "executable", (*range(level, 5),), "code"
    )


class SmallSuite:
    """Counts what it runs."""

    def __init__(self) -> None:
        self.run: list[str] = []

    def results(self, folder: Path, asked: Iterable) -> Iterator[Result]:
        for one in asked:
            self.run.append(one.id)
            module = MODULES[one.level]
            name = f"flighttime/{module}.py" if module else "README.md"
            passed = (folder / name).exists() and "BROKEN" not in (folder / name).read_text()
            found = "it answers" if passed else f"no answer from {module}"
            command, remedy = f"python -m flighttime.{module}", f"repair {name}"
            yield Result(one.id, passed, found, one.says, command, "a module", remedy, name)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SmallSuite:
    """The stand-in, in an activated terminal of a person without settings for git."""
    small = SmallSuite()
    monkeypatch.setattr(suite, "statements", lambda: [*map(statement, MODULES)])
    monkeypatch.setattr(suite, "results", small.results)
    monkeypatch.setattr(suite, "files", lambda: [])
    monkeypatch.setattr(check, "wrong_in", lambda check, folder: marked(folder))
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return small


def marked(folder: Path) -> str:
    """A stand-in for a check: what has a mark is not solved."""
    files = (folder / "flighttime").glob("*.py")
    return "it is not solved" if any(exercises.MARK in file.read_text() for file in files) else ""


@pytest.fixture
def climber(tmp_path: Path) -> Climber:
    return Climber(tmp_path)


def begun(climber: Climber, level: int) -> Climber:
    """An attendee who has started at a level and gone to the folder."""
    climber.type(f"ladder start 'my flights' --level {level}")
    climber.folder /= "my flights"
    return climber
