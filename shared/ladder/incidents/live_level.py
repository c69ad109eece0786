"""A level that plays an incident live, in a process that waits each evening for its reader."""

import threading
from multiprocessing.connection import Connection
from typing import Any

from ladder.errors import LadderError
from ladder.incidents import cells
from ladder.incidents import processes
from ladder.incidents import stored

EVENING = "evening"


def play(name: str, level: int, seed: int, end: Connection) -> None:
    """Play one cell, send each event, and wait each evening until the reader has read."""
    one_at_a_time = threading.Lock()  # an incident may have a thread, and a pipe has no lock

    def send(message: dict | str | None) -> None:
        with one_at_a_time:
            end.send(message)

    def evening() -> None:
        send(EVENING)
        end.recv()

    cells.play_cell(name, level, seed, send, evening)
    send(None)


class LiveLevel:
    """The reader's end: the events of one day after the other."""

    def __init__(self, name: str, level: int, seed: int) -> None:
        self.level = level
        self.log = stored.log_of(stored.sandbox(name, level, seed))
        self.end, theirs = processes.context().Pipe()
        self.process = processes.start(play, name, level, seed, theirs)
        theirs.close()
        self.goes_on = True

    def day(self) -> list[dict]:
        """The events of the next day; none at the end of the play, when it no longer goes on."""
        events: list[dict] = []
        while (message := self.receive()) not in (EVENING, None):
            events.append(message)
        self.goes_on = message is not None
        return events

    def receive(self) -> Any:
        try:
            return self.end.recv()
        except (EOFError, OSError):
            raise self.too_early() from None

    def next_day(self) -> None:
        """Let it go on, once the day is read."""
        try:
            self.end.send("go on")
        except OSError:
            raise self.too_early() from None

    def too_early(self) -> LadderError:
        return LadderError(
            f"the process of Level {self.level} has ended before its time: see {self.log}"
        )

    def close(self) -> None:
        """End the process; one that waits for its reader ends when the pipe is closed."""
        self.end.close()
        self.process.join(5)
        processes.end(self.process)
