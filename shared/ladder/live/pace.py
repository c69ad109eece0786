"""How fast the calendar goes: as fast as was asked for at most, and an honest word where the machine is slower."""

import re
import time
from dataclasses import dataclass

from ladder.errors import LadderError

SECONDS = {"s": 1, "min": 60, "h": 3600}
DAYS = {"day": 1, "week": 7}
WRITTEN = re.compile(r"(\d+(?:\.\d+)?)?(day|week)s?/(s|min|h)")
# Below this share of what was asked for, it is worth a word.
SLOWER = 0.9


@dataclass(frozen=True)
class Speed:
    """So many days in a second; `text` is how it was asked for."""

    text: str
    days: float


def read(text: str) -> Speed:
    written = WRITTEN.fullmatch(text)
    days = written and float(written[1] or 1) * DAYS[written[2]] / SECONDS[written[3]]
    if not days:
        raise LadderError(f"--speed {text!r} is no speed: write a number, day or week, and s, min or h, such as 1week/s or 3days/min")
    return Speed(text, days)


def told(days: float) -> str:
    """Days in a second, as a person says it."""
    if days >= 7:
        return f"{days / 7:.1f} weeks a second"
    return f"{days:.1f} days a second" if days >= 1 else f"{days * 60:.1f} days a minute"


class Pace:
    """Holds back a calendar that would be faster than `speed`; time that was lost is not made up for."""

    def __init__(self, speed: Speed) -> None:
        self.speed = speed
        self.started = self.due = time.monotonic()
        self.days = 0

    def wait(self) -> None:
        """Until the next day may begin."""
        now = time.monotonic()
        if now < self.due:
            time.sleep(self.due - now)
        self.due = max(now, self.due) + 1 / self.speed.days
        self.days += 1

    def reached(self) -> float:
        """Days in a second, so far."""
        return self.days / max(time.monotonic() - self.started, 0.001)

    def text(self) -> str:
        """The pace that was reached and, where it is not what was asked for, that it is not."""
        slower = self.reached() < SLOWER * self.speed.days
        return f"{told(self.reached())}{f', training included; {self.speed.text} was asked for' if slower else ''}"
