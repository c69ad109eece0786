"""Run a program as a child process that ends with this one."""

import contextlib
import signal
import subprocess
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path

PATIENCE = 10.0  # seconds for a program to end when it is asked to


def end(child: subprocess.Popen) -> None:
    """Ask the child to end, and kill it where it does not."""
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


@contextlib.contextmanager
def running(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    quiet: bool = False,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start `command` in `folder`; the child ends with the block, also on an error."""
    child = subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environment),
        stdout=subprocess.DEVNULL if quiet else None,
    )
    try:
        yield child
    finally:
        with ignored_interrupts():
            end(child)


@contextlib.contextmanager
def ignored_interrupts() -> Iterator[None]:
    """Ignore Ctrl-C, so that a second one cannot leave the child behind."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
