"""A server that runs in the background for as long as it is needed, with all that it starts itself."""

import contextlib
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

import psutil

from ladder.child import end
from ladder.child import ignored_interrupts
from ladder.errors import LadderError
from ladder.progress import Progress

PATIENCE = 120.0
PATIENCE_AT_END = 5.0
# The loopback is never behind a proxy, whatever the environment says.
LOOPBACK_ONLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Service:
    """A running server: its name, its process, what it writes, and what that process has started."""

    name: str
    child: subprocess.Popen[bytes]
    log: Path
    family: list[psutil.Process] = field(default_factory=list)

    def require_alive(self) -> None:
        """Raises LadderError if it has ended, which it never does by itself unless something is wrong."""
        if self.child.poll() is not None:
            raise LadderError(
                f"{self.name} has ended by itself, with exit code {self.child.returncode}, so everything is stopped; "
                f"its last words are in {self.log}"
            )

    def wait_until_answering(self, address: str) -> None:
        patience = time.monotonic() + PATIENCE
        with Progress(f"starting {self.name}") as progress:
            while not answers(address):
                self.require_alive()
                if time.monotonic() > patience:
                    raise LadderError(f"{self.name} did not answer within {PATIENCE:.0f} s; see {self.log}")
                progress.tick()
                time.sleep(0.1)
        self.remember_family()

    def remember_family(self) -> None:
        """Once a parent is gone, nobody can tell who its children were."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self.family = psutil.Process(self.child.pid).children(recursive=True)

    def stop(self) -> None:
        if self.child.poll() is None:
            self.remember_family()
        end(self.child)
        for process in self.family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()
        for process in psutil.wait_procs(self.family, PATIENCE_AT_END)[1]:
            process.kill()


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
    """Start a server; whatever ends this block ends it and everything that it started."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as words:
        child = subprocess.Popen(command, cwd=folder, env=environment, stdout=words, stderr=subprocess.STDOUT)
    service = Service(name, child, log)
    try:
        yield service
    finally:
        with ignored_interrupts():
            service.stop()
