"""Run one step of the set-up as a child process, and show its progress."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ladder.progress import Progress


class PhaseFailed(Exception):
    """A step of the set-up failed; `output` is what it printed."""

    def __init__(self, title: str, output: str) -> None:
        super().__init__(title)
        self.title = title
        self.output = output


def end(child: subprocess.Popen) -> None:
    """Stop a child and everything that it started."""
    if os.name == "nt":
        # A Python of .venv is a launcher there: the one that works is its child.
        subprocess.run(["taskkill", "/F", "/T", "/PID", f"{child.pid}"], capture_output=True)
        child.kill()
        child.wait()
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, number)
        except ProcessLookupError:
            return
        try:
            child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            continue


def run_phase(
    title: str,
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    log: Path,
    keep_open: int,
) -> None:
    """Run `command`, its output appended to `log`; the child holds `keep_open` until it ends."""
    own_group: dict[str, Any] = {"process_group": 0, "pass_fds": (keep_open,)}
    if os.name == "nt":
        own_group = {}
    with log.open("a+b") as output, Progress(title) as progress:
        beginning = output.seek(0, os.SEEK_END)
        child = subprocess.Popen(
            [os.fspath(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            **own_group,
        )
        try:
            while child.poll() is None:
                progress.tick()
                time.sleep(0.1)
        finally:
            if child.poll() is None:
                end(child)
        if child.returncode != 0:
            output.seek(beginning)
            raise PhaseFailed(title, output.read().decode("utf-8", "replace"))
