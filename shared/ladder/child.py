"""Keeps a program running for as long as this one runs, and not a moment longer."""

import contextlib
import signal
import subprocess
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path

PATIENCE = 10.0


def end(child: subprocess.Popen[bytes]) -> None:
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
    """Start `command` in `folder`; whatever ends this block ends the child."""
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
    """An impatient second Ctrl-C must not leave the child behind."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
