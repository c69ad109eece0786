"""Run Python commands with evidence, each in a process of its own that starts warm if it can."""

import contextlib
import functools
import itertools
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ladder import family
from ladder import warm
from ladder.child import end

SECONDS = 300.0
PATIENCE = 5.0


@dataclass(frozen=True)
class Command:
    """What was run, what it printed, its exit code, and how long it took."""

    line: str
    output: str
    code: int
    seconds: float

    @property
    def last_line(self) -> str:
        lines = self.output.strip().splitlines()
        return lines[-1] if lines else "it printed nothing"


@dataclass(frozen=True)
class Process:
    """A process that runs, and its log."""

    child: subprocess.Popen[bytes]
    log: Path

    @property
    def ended(self) -> bool:
        return self.child.poll() is not None

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


class Starter:
    """Starts `python ARGUMENTS`, with the libraries imported already where that is possible.

    These are imported for the first command, since many checks start none.
    """

    def __init__(self, warm_up: Callable[[], warm.Starter], logs: Path) -> None:
        self._warm_up = warm_up
        self._first = threading.Lock()
        self._logs = logs
        # Not a generator: threads share a starter, and only a counter may be asked by two at once.
        self._numbers = itertools.count()

    def run(self, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> Command:
        """Run to the end, and return the evidence."""
        started = time.perf_counter()
        with self.running(arguments, cwd=cwd, env=env) as process:
            code = process.child.wait(SECONDS)
        seconds = time.perf_counter() - started
        return Command(as_typed(arguments), process.output(), code, seconds)

    @contextlib.contextmanager
    def running(
        self, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str]
    ) -> Iterator[Process]:
        """Start a process that ends with the block, as does what it has started."""
        log = self._logs / f"{next(self._numbers)}.log"
        with self._first:
            python = self._warm_up()
        programs = f"{python.programs}{os.pathsep}{env.get('PATH', os.defpath)}"
        with log.open("wb") as output:
            child = subprocess.Popen(
                [python.python, *arguments],
                cwd=cwd,
                env={**env, "PATH": programs},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield Process(child, log)
        finally:
            if child.poll() is None:
                started = family.descendants(child.pid)
                end(child)
                family.end(started, PATIENCE)


@contextlib.contextmanager
def ready(python: warm.Starter | None = None) -> Iterator[Starter]:
    """A starter that ends with the block; `python` is one that is there already."""
    with contextlib.ExitStack() as stack:
        logs = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="conformance-", ignore_cleanup_errors=True)
        )

        @functools.cache
        def warm_up() -> warm.Starter:
            return python or stack.enter_context(warm.running())

        yield Starter(warm_up, Path(logs))


def as_typed(arguments: Sequence[str]) -> str:
    return " ".join(["python", *map(shown, arguments)])


def shown(argument: str) -> str:
    """An argument as a person types it."""
    return f"'{argument}'" if " " in argument or not argument else argument
