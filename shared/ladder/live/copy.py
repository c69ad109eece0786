"""One copy of the application: a process that is sent days, sends messages, and has a state."""

import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date

from ladder import ports
from ladder.errors import LadderError
from ladder.look import palette
from ladder.places import LEVELS
from ladder.places import RUNS
from ladder.places import replay_environment
from ladder.service import LOOPBACK_ONLY
from ladder.year import crew

LEVEL = 4
HOME = RUNS / "live"
TITLES = {"loop": "Level 4: the loop", "calendar": "At Level 3's pace"}
PACES = {"loop": 4, "calendar": 3}  # the level whose way a copy goes, and whose colour it has


class Copy:
    def __init__(self, name: str, port: int, framed_by: str) -> None:
        self.title = TITLES[name]
        self.level = PACES[name]
        self.address = f"http://{ports.LOOPBACK}:{port}"
        self.log = HOME / f"{name}.log"
        self.inbox: queue.Queue[dict] = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ladder.live.worker", name, f"{port}"],
            cwd=LEVELS[LEVEL],
            env={
                **replay_environment(LEVEL),
                "FLIGHTTIME_RUNS": f"{HOME / name}",
                "FLIGHTTIME_FRAMED_BY": framed_by,
                "FLIGHTTIME_ACCENT": " ".join(palette.LEVELS[self.level]),
                # So that the application has a processor while a model is trained.
                "OMP_NUM_THREADS": "1",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            # A group of its own: Ctrl-C reaches the tool alone, which then stops all.
            start_new_session=True,
        )
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.inbox.put(json.loads(line))
        self.inbox.put({"kind": "ended", "code": self.process.wait()})

    def send(self, day: date) -> None:
        """Let the copy replay a day."""
        assert self.process.stdin
        # `receive` reports a process that has ended.
        with contextlib.suppress(OSError):
            self.process.stdin.write(f"{day}\n")
            self.process.stdin.flush()

    def receive(self, seconds: float) -> dict | None:
        """The next message, None where none comes in time; raises LadderError if it has ended."""
        try:
            message = self.inbox.get(timeout=seconds)
        except queue.Empty:
            return None
        if message["kind"] == "ended":
            raise LadderError(
                f"{self.title} stopped with exit code {message['code']}. "
                f"The end of {self.log}:\n\n{crew.tail(self.log)}"
            )
        return message

    def state(self) -> dict:
        """The content of mission control as data; empty while it does not answer."""
        with (
            contextlib.suppress(OSError, ValueError),
            LOOPBACK_ONLY.open(f"{self.address}/control/state", timeout=10) as answer,
        ):
            return json.load(answer)
        return {}


@contextlib.contextmanager
def running(wanted: dict[str, int], framed_by: str) -> Iterator[list[Copy]]:
    """Start the copies at their ports; they and all that they started end with the block."""
    HOME.mkdir(parents=True, exist_ok=True)
    copies: list[Copy] = []
    try:
        for name, port in wanted.items():
            copies.append(Copy(name, port, framed_by))
        yield copies
    finally:
        for copy in copies:
            crew.end(copy.process)
