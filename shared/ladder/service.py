"""Run a server in the background, and stop it with every process that it started."""

import contextlib
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

import psutil

from ladder import family
from ladder.child import end
from ladder.child import ignored_interrupts
from ladder.errors import LadderError
from ladder.progress import Progress

TIMEOUT_SECONDS = 120.0
PATIENCE_AT_END = 5.0
# The loopback is never behind a proxy, although the environment may name one.
LOOPBACK_ONLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Service:
    """A running server: its name, its process, its log, and the processes that it has started."""

    name: str
    child: subprocess.Popen[bytes]
    log: Path
    started: list[psutil.Process] = field(default_factory=list)

    def require_alive(self) -> None:
        """Raise LadderError if the server has ended, which it does by itself only on a failure."""
        if self.child.poll() is not None:
            raise LadderError(
                f"{self.name} has ended by itself, with exit code {self.child.returncode}, "
                f"so everything is stopped; its output is in {self.log}"
            )

    def wait_until_answering(self, address: str) -> None:
        """Wait for an answer of any kind; raises LadderError where none comes in time."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        with Progress(f"starting {self.name}") as progress:
            while not answers(address):
                self.require_alive()
                if time.monotonic() > deadline:
                    raise LadderError(
                        f"{self.name} did not answer within {TIMEOUT_SECONDS:.0f} s; see {self.log}"
                    )
                progress.tick()
                time.sleep(0.1)
        self.remember_started()

    def remember_started(self) -> None:
        """Store the child processes: once their parent has ended, they cannot be found."""
        self.started = family.descendants(self.child.pid)

    def stop(self) -> None:
        if self.child.poll() is None:
            self.remember_started()
        end(self.child)
        family.end(self.started, PATIENCE_AT_END)


def answers(address: str) -> bool:
    try:
        with LOOPBACK_ONLY.open(address, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


@contextlib.contextmanager
def running(
    name: str,
    command: list[str],
    *,
    folder: Path,
    environment: dict[str, str],
    log: Path,
) -> Iterator[Service]:
    """Start a server; it and every process that it started end with the block."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        child = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    service = Service(name, child, log)
    try:
        yield service
    finally:
        with ignored_interrupts():
            service.stop()
