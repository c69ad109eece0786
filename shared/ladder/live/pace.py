"""Limit the speed of the calendar, and report where the machine is slower."""

import re
import time
from dataclasses import dataclass

from ladder.errors import LadderError

SECONDS = {"s": 1, "min": 60, "h": 3600}
DAYS = {"day": 1, "week": 7}
WRITTEN = re.compile(r"(\d+(?:\.\d+)?)?(day|week)s?/(s|min|h)")
# A speed below this share of the one asked for is reported.
SLOWER = 0.9


@dataclass(frozen=True)
class Speed:
    """A number of days in a second; `text` is how a person asked for it."""

    text: str
    days: float


def read(text: str) -> Speed:
    written = WRITTEN.fullmatch(text)
    days = written and float(written[1] or 1) * DAYS[written[2]] / SECONDS[written[3]]
    if not days:
        raise LadderError(
            f"--speed {text!r} is no speed: write a number, day or week, and s, min or h, "
            "such as 1week/s or 3days/min"
        )
    return Speed(text, days)


def speed_text(days: float) -> str:
    """Days in a second, in weeks or days a second or days a minute."""
    if days >= 7:
        return f"{days / 7:.1f} weeks a second"
    return f"{days:.1f} days a second" if days >= 1 else f"{days * 60:.1f} days a minute"


class Pace:
    """Delay a calendar that would be faster than `speed`; lost time is not made up for."""

    def __init__(self, speed: Speed) -> None:
        self.speed = speed
        self.started = self.due = time.monotonic()
        self.days = 0

    def wait(self) -> None:
        """Wait until the next day may begin."""
        now = time.monotonic()
        if now < self.due:
            time.sleep(self.due - now)
        self.due = max(now, self.due) + 1 / self.speed.days
        self.days += 1

    def reached(self) -> float:
        """The speed reached until now, in days a second."""
        return self.days / max(time.monotonic() - self.started, 0.001)

    def text(self) -> str:
        """The speed reached and, where it is slower than asked for, the speed asked for."""
        reached = speed_text(self.reached())
        if self.reached() >= SLOWER * self.speed.days:
            return reached
        return f"{reached}, training included; {self.speed.text} was asked for"
