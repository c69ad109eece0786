"""Start one process a level, read their messages, and stop all of them at the end."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import RUNS
from ladder.places import replay_environment

LINES_OF_LOG = 15


class Crew:
    """The levels' processes and their messages."""

    def __init__(self, levels: list[int], until: date) -> None:
        self.inbox: queue.Queue[dict] = queue.Queue()
        self.processes: dict[int, subprocess.Popen] = {}
        for level in levels:
            self.processes[level] = start(level, until)
            threading.Thread(target=self.listen, args=(level,), daemon=True).start()

    def listen(self, level: int) -> None:
        process = self.processes[level]
        assert process.stdout
        for line in process.stdout:
            self.inbox.put({"level": level, **json.loads(line)})
        self.inbox.put({"level": level, "kind": "ended", "code": process.wait()})

    def messages(self, until: str) -> Iterator[dict]:
        """The levels' messages, until each has sent one of this kind.

        Raises LadderError where a process ends before.
        """
        waiting = set(self.processes)
        while waiting:
            message = self.inbox.get()
            if message["kind"] == until:
                waiting.discard(message["level"])
            if message["kind"] == "ended" and message["level"] in waiting:
                raise LadderError(failure(message["level"], message["code"]))
            yield message

    def go(self) -> None:
        for process in self.processes.values():
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()

    def stop(self) -> None:
        for process in self.processes.values():
            end(process)


@contextlib.contextmanager
def crew(levels: list[int], until: date) -> Iterator[Crew]:
    hands = Crew(levels, until)
    try:
        yield hands
    finally:
        hands.stop()


def start(level: int, until: date) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "ladder.year.worker", f"{level}", f"{until}"],
        cwd=LEVELS[level],
        # One thread each: the levels share the processor, and the answers are the same.
        env={**replay_environment(level), "OMP_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        # A group of its own: Ctrl-C reaches this process alone, which then stops all of them.
        start_new_session=True,
    )


def end(process: subprocess.Popen) -> None:
    """Close its standard input, at which it stops; then kill it and all that it started."""
    assert process.stdin
    with contextlib.suppress(OSError):
        process.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=3)
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", f"{process.pid}"], capture_output=True)
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def failure(level: int, code: int) -> str:
    log = RUNS / f"{LEVELS[level].name}.log"
    return f"Level {level} stopped with exit code {code}. The end of {log}:\n\n{tail(log)}"


def tail(log: Path) -> str:
    with contextlib.suppress(FileNotFoundError):
        return "\n".join(
            log.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES_OF_LOG:]
        )
    return "(there is none)"
