"""One level's year, in a process of its own: build, show a sample, wait for the word, then day after day.

    python -m ladder.year.worker LEVEL UNTIL   (in the level's folder; started by `ladder run`)

It speaks to its parent in lines of JSON on standard output, and what the level prints goes to a log. When
the parent closes this process's standard input, it stops.
"""

import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TextIO

import pandas as pd

from ladder.places import LEVELS
from ladder.places import RUNS
from ladder.year import assumptions
from ladder.year import builds
from ladder.year import days
from ladder.year.levels import TEAMS
from ladder.year.levels import Team


class Channel:
    """The line to the parent."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def say(self, **message: object) -> None:
        self.stream.write(json.dumps(message, default=str) + "\n")
        self.stream.flush()


@contextlib.contextmanager
def spoken_to_log(log: Path) -> Iterator[Channel]:
    """Send standard output and error, also those of child processes, to a file; the parent's line stays open."""
    channel = Channel(os.fdopen(os.dup(1), "w", encoding="utf-8"))
    with log.open("w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)
    yield channel


def stop_with_parent(team: Team, told: threading.Event) -> None:
    """Read the word to go on; at the end of input the parent is gone, so stop and leave nothing running."""

    def listen() -> None:
        for _ in sys.stdin:
            told.set()
        team.close()
        os._exit(1)

    threading.Thread(target=listen, daemon=True).start()


def build(team: Team, level: int, runs: Path) -> bool:
    """Put the state after the first build in place; returns whether it was there from an earlier run."""
    if builds.restore(level, runs):
        return True
    team.build(days.FIRST)
    builds.keep(level, runs)
    return False


def predictions(team: Team, wanted: list[date], channel: Channel | None) -> pd.DataFrame:
    """Every flight of these days, predicted in the morning with what is in production then."""
    frames = []
    for day in wanted:
        os.environ["FLIGHTTIME_TODAY"] = f"{day}"
        if channel:
            team.morning(day)
            team.forget_after_a_week(day)
            channel.say(kind="day", day=day)
        frames.append(team.predict(day).assign(age=(day - team.trained).days))
    return pd.concat(frames, ignore_index=True)


def live(level: int, until: date, channel: Channel) -> None:
    runs = RUNS / LEVELS[level].name
    assumed = assumptions.read()[f"level{level}"]
    os.environ["FLIGHTTIME_TODAY"] = f"{days.FIRST}"
    team = TEAMS[level](assumed, runs, lambda kind, text: channel.say(kind=kind, day=today(), text=text))
    told = threading.Event()
    stop_with_parent(team, told)
    try:
        started = time.perf_counter()
        reused = build(team, level, runs)
        team.open()
        sample = predictions(team, days.span(days.SAMPLE_FIRST, days.SAMPLE_LAST), None)
        write(sample, level, "sample")
        channel.say(kind="built", reused=reused, seconds=time.perf_counter() - started)
        told.wait()
        started = time.perf_counter()
        write(predictions(team, days.span(days.FIRST, until), channel), level, "year")
        channel.say(kind="done", seconds=time.perf_counter() - started)
    finally:
        team.close()


def today() -> str:
    return os.environ["FLIGHTTIME_TODAY"]


def write(frame: pd.DataFrame, level: int, name: str) -> None:
    folder = RUNS / "replay"
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(folder / f"level{level}_{name}.parquet", index=False)


def main() -> None:
    level, until = int(sys.argv[1]), date.fromisoformat(sys.argv[2])
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    RUNS.mkdir(parents=True, exist_ok=True)
    with spoken_to_log(RUNS / f"{LEVELS[level].name}.log") as channel:
        live(level, until, channel)


if __name__ == "__main__":
    main()
