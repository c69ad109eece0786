"""Where a person works on a level: the state folder, the feed and the day that the tool hands on.

A variable of the terminal is obeyed. What `ladder shell` has set for one level is not for another.
"""

import json
import os
from pathlib import Path

from ladder.look import palette
from ladder.places import FEED
from ladder.places import LEVELS
from ladder.places import RUNS
from ladder.places import level_environment
from ladder.year.days import FIRST

LEVEL = "LADDER_LEVEL"  # whose shell this is
RUNS_SET = "FLIGHTTIME_RUNS"
TODAY_SET = "FLIGHTTIME_TODAY"


def variable(name: str, level: int) -> str | None:
    """A variable of the terminal, unless the shell of another level has set it."""
    return os.environ.get(name) if os.environ.get(LEVEL, f"{level}") == f"{level}" else None


def own_state(level: int) -> Path:
    """The state of a person's own walk through a level."""
    folder = variable(RUNS_SET, level)
    return Path(folder).expanduser().resolve() if folder else RUNS / f"mine{level}"


def year_state(level: int) -> Path:
    """The state that a replayed year has left, unless the terminal names another."""
    return own_state(level) if variable(RUNS_SET, level) else RUNS / LEVELS[level].name


def own_day(level: int) -> str:
    """The simulated day of the terminal, else the first day of the replay."""
    return variable(TODAY_SET, level) or f"{FIRST}"


def year_day(level: int) -> str:
    """The simulated day of the terminal, else the end of the replay that made the state."""
    report = RUNS / "report.json"
    if variable(TODAY_SET, level) or variable(RUNS_SET, level) or not report.exists():
        return own_day(level)
    return json.loads(report.read_text(encoding="utf-8"))["until"]


def environment(level: int, state: Path, day: str) -> dict[str, str]:
    """The environment of a program that works for this person on this level."""
    return {
        **level_environment(level),
        "FLIGHTTIME_FEED": variable("FLIGHTTIME_FEED", level) or str(FEED),
        RUNS_SET: str(state),
        TODAY_SET: day,
        LEVEL: f"{level}",
        "FLIGHTTIME_ACCENT": " ".join(palette.LEVELS[level]),
    }


def origin(level: int) -> str:
    """Words that say why a state folder is the one: nothing, or the variable that names it."""
    return f", which {RUNS_SET} names" if variable(RUNS_SET, level) else ""
