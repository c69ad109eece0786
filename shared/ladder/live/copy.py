"""One copy of the application as the tool sees it: a process to tell days, to listen to, and to ask how it does."""

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
from ladder.live.teams import TITLES
from ladder.places import LEVELS
from ladder.places import RUNS
from ladder.places import level_environment
from ladder.service import LOOPBACK_ONLY
from ladder.year import crew

LEVEL = 4
HOME = RUNS / "live"


class Copy:
    def __init__(self, name: str, port: int, framed_by: str) -> None:
        self.title = TITLES[name]
        self.address = f"http://{ports.LOOPBACK}:{port}"
        self.log = HOME / f"{name}.log"
        self.said: queue.Queue[dict] = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ladder.live.worker", name, f"{port}"],
            cwd=LEVELS[LEVEL],
            env={
                **level_environment(LEVEL),
                "FLIGHTTIME_RUNS": f"{HOME / name}",
                "FLIGHTTIME_FRAMED_BY": framed_by,
                # Its application has a processor to itself, so that it answers while a model is trained.
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
        for line in self.process.stdout:
            self.said.put(json.loads(line))
        self.said.put({"kind": "ended", "code": self.process.wait()})

    def tell(self, day: date) -> None:
        # One that has ended says so when it is heard.
        with contextlib.suppress(OSError):
            self.process.stdin.write(f"{day}\n")
            self.process.stdin.flush()

    def heard(self, seconds: float) -> dict | None:
        """The next that it says; None if it says nothing for so long, LadderError if it has ended."""
        try:
            message = self.said.get(timeout=seconds)
        except queue.Empty:
            return None
        if message["kind"] == "ended":
            raise LadderError(
                f"{self.title} stopped with exit code {message['code']}. The end of {self.log}:\n\n{crew.tail(self.log)}"
            )
        return message

    def state(self) -> dict:
        """What mission control shows, as data; empty while it does not answer."""
        with contextlib.suppress(OSError, ValueError), LOOPBACK_ONLY.open(f"{self.address}/control/state", timeout=10) as answer:
            return json.load(answer)
        return {}


@contextlib.contextmanager
def running(wanted: dict[str, int], framed_by: str) -> Iterator[list[Copy]]:
    """Start the copies at their ports; whatever ends this block ends them and all that they started."""
    HOME.mkdir(parents=True, exist_ok=True)
    copies: list[Copy] = []
    try:
        for name, port in wanted.items():
            copies.append(Copy(name, port, framed_by))
        yield copies
    finally:
        for copy in copies:
            crew.end(copy.process)
