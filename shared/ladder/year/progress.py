"""Show how far each level is: bars on a terminal, elsewhere a line every ten seconds."""

import sys
import time
from datetime import date

from ladder.look import terminal as look
from ladder.year import days

WIDTH = 30
PLAIN_EVERY = 10.0


class Progress:
    def __init__(self, levels: list[int], until: date, at_first: str) -> None:
        self.total = (until - days.FIRST).days + 1
        self.state = dict.fromkeys(levels, at_first)
        self.terminal = sys.stdout.isatty()
        self.drawn = False
        self.printed = 0.0

    def update(self, message: dict) -> None:
        level = message["level"]
        if message["kind"] == "built":
            self.state[level] = (
                "built earlier, unchanged"
                if message["reused"]
                else f"built in {message['seconds']:.0f} s"
            )
        if message["kind"] == "day":
            self.state[level] = self.bar(date.fromisoformat(message["day"]))
        self.draw()

    def bar(self, day: date) -> str:
        done = (day - days.FIRST).days + 1
        filled = WIDTH * done // self.total
        return (
            f"{'█' * filled}{'░' * (WIDTH - filled)} {day:%d %b}"
            if self.terminal
            else f"{day:%d %b}"
        )

    def draw(self, last: bool = False) -> None:
        now = time.monotonic()
        if not last and now - self.printed < (0.1 if self.terminal else PLAIN_EVERY):
            return
        self.printed = now
        if not self.terminal:
            print(
                "  " + "   ".join(f"L{level} {state}" for level, state in self.state.items()),
                flush=True,
            )
            return
        back = f"\x1b[{len(self.state)}F" if self.drawn else ""
        lines = "".join(
            f"\x1b[2K  {look.of_level(level, f'Level {level}')}  {state}\n"
            for level, state in self.state.items()
        )
        print(back + lines, end="", flush=True)
        self.drawn = True
