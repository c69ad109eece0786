"""Run Python commands with evidence, each in a process of its own that starts warm if it can."""

import contextlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from ladder import family
from ladder.child import end

SERVER = Path(__file__).with_name("warm_server.py")
SECONDS = 300.0
PATIENCE = 5.0


@dataclass(frozen=True)
class Command:
    """What was run, what it printed, its exit code, and seconds on the clock and of CPU."""

    line: str
    output: str
    code: int
    seconds: float
    cpu: float

    @property
    def last_line(self) -> str:
        lines = self.output.strip().splitlines()
        return lines[-1] if lines else "it printed nothing"


class Starter:
    """Starts `python ARGUMENTS`; where the system can fork, from a process with the libraries."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="conformance-")
        self._logs = (Path(self._folder.name, f"{number}.log") for number in itertools.count())
        self._lock = threading.Lock()
        self._server: subprocess.Popen[str] | None = None

    def run(self, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> Command:
        """Run to the end, and return the evidence."""
        started = time.perf_counter()
        with self.running(arguments, cwd=cwd, env=env) as process:
            process.wait()
        seconds = time.perf_counter() - started
        line = " ".join(["python", *map(shown, arguments)])
        return Command(line, process.output(), process.code, seconds, process.cpu)

    @contextlib.contextmanager
    def running(
        self, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str]
    ) -> Iterator["Process"]:
        """Start a process that ends with the block."""
        log = next(self._logs)
        log.touch()
        process = (
            Forked(self, arguments, cwd, env, log)
            if hasattr(os, "fork")
            else Plain(arguments, cwd, env, log)
        )
        try:
            yield process
        finally:
            process.stop()

    def ask(self, **question: object) -> dict:
        with self._lock:
            server = self._server = self._server or self._start()
            assert server.stdin and server.stdout
            server.stdin.write(json.dumps(question) + "\n")
            server.stdin.flush()
            return json.loads(server.stdout.readline())

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(SERVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg"},
            text=True,
        )

    def close(self) -> None:
        if self._server and self._server.stdin and self._server.stdout:
            self._server.stdin.close()
            self._server.wait()
            self._server.stdout.close()
        self._folder.cleanup()


class Process:
    """A started process with its log."""

    code = 0
    cpu = 0.0

    def __init__(self, log: Path) -> None:
        self.log = log

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait(self) -> None: ...

    def alive(self) -> bool:
        raise NotImplementedError

    def stop(self) -> None: ...


class Forked(Process):
    """A child of the warm server."""

    def __init__(
        self,
        starter: Starter,
        arguments: Sequence[str],
        cwd: Path,
        env: Mapping[str, str],
        log: Path,
    ) -> None:
        super().__init__(log)
        self.starter, self.ended = starter, False
        what = {"arguments": [*arguments], "cwd": str(cwd), "env": dict(env), "log": str(log)}
        self.pid = starter.ask(do="start", **what)["pid"]

    def wait(self, kill: bool = False) -> None:
        patience = PATIENCE if kill else SECONDS
        answer = self.starter.ask(do="finish", pid=self.pid, kill=kill, seconds=patience)
        self.code, self.cpu, self.ended = answer["code"], answer["cpu"], True

    def alive(self) -> bool:
        """Whether it still runs; a child that has ended waits to be asked for its exit code."""
        return psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE

    def stop(self) -> None:
        if not self.ended:
            self.wait(kill=True)


class Plain(Process):
    """A process of its own, where the system cannot fork."""

    def __init__(
        self, arguments: Sequence[str], cwd: Path, env: Mapping[str, str], log: Path
    ) -> None:
        super().__init__(log)
        with log.open("wb") as output:
            self.child = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait(self) -> None:
        self.code = self.child.wait(SECONDS)

    def alive(self) -> bool:
        return self.child.poll() is None

    def stop(self) -> None:
        if self.child.poll() is None:
            started = family.descendants(self.child.pid)
            end(self.child)
            family.end(started, PATIENCE)


def shown(argument: str) -> str:
    """An argument as a person types it."""
    return f"'{argument}'" if " " in argument or not argument else argument
