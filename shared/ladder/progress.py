"""Show that a long task is running."""

import itertools
import sys
import time

SPINNER = "|/-\\"
PLAIN_EVERY = 10.0


class Progress:
    """One line a phase: a spinner on a terminal, elsewhere a plain line every ten seconds."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.started = time.monotonic()
        self.terminal = sys.stderr.isatty()
        self.spinner = itertools.cycle(SPINNER)
        self.printed = 0.0

    def line(self, mark: str = " ") -> str:
        return f"  {self.title:<32}{time.monotonic() - self.started:6.1f} s {mark}"

    def tick(self) -> None:
        elapsed = time.monotonic() - self.started
        if self.terminal:
            print(f"\r{self.line(next(self.spinner))}", end="", file=sys.stderr, flush=True)
        elif elapsed - self.printed >= PLAIN_EVERY:
            self.printed = elapsed
            print(f"{self.line().rstrip()} ...", file=sys.stderr, flush=True)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        if self.terminal:
            print(f"\r{' ' * len(self.line())}\r", end="", file=sys.stderr, flush=True)
        if failure is None:
            print(self.line().rstrip(), file=sys.stderr, flush=True)
