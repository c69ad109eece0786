"""One level's year in its own process: build, predict a sample, wait to go on, replay the days.

    python -m ladder.year.worker LEVEL UNTIL   (in the level's folder; started by `ladder run`)

It sends lines of JSON to its parent on standard output; what the level prints goes to a log. It
stops when the parent closes its standard input.
"""

import contextlib
import io
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
from ladder.year.team import Team
from ladder.year.teams import TEAMS


class Channel:
    """The stream of messages to the parent."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def say(self, **message: object) -> None:
        self.stream.write(json.dumps(message, default=str) + "\n")
        self.stream.flush()


@contextlib.contextmanager
def output_to_log(log: Path) -> Iterator[Channel]:
    """Send standard output and error, also of child processes, to a file.

    Yields the channel to the parent, which stays open.
    """
    channel = Channel(os.fdopen(os.dup(1), "w", encoding="utf-8"))
    with log.open("w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    assert isinstance(sys.stdout, io.TextIOWrapper)
    sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)
    yield channel


def stop_with_parent(team: Team, may_go_on: threading.Event) -> None:
    """Set the event at the parent's line; at the end of input the parent is gone, so stop all."""

    def listen() -> None:
        for _ in sys.stdin:
            may_go_on.set()
        team.close()
        os._exit(1)

    threading.Thread(target=listen, daemon=True).start()


def build(team: Team, level: int, runs: Path) -> bool:
    """Put the state after the first build in place; returns whether an earlier run made it."""
    if builds.restore(level, runs):
        return True
    team.build(days.FIRST)
    builds.put_aside(level, runs)
    return False


@contextlib.contextmanager
def proof(level: int, runs: Path, *, reused: bool) -> Iterator[None]:
    """Keep the build for the next time only if the block, which uses it, succeeds."""
    try:
        yield
    except Exception:
        builds.forget(runs)
        raise
    if not reused:
        builds.keep(level, runs)


def sample_of(team: Team) -> pd.DataFrame:
    """Every flight of the days before the replay, predicted with the first model."""
    frames = []
    for day in days.span(days.SAMPLE_FIRST, days.SAMPLE_LAST):
        os.environ["FLIGHTTIME_TODAY"] = f"{day}"
        frames.append(team.sample(day))
    return pd.concat(frames, ignore_index=True)


def predictions(team: Team, wanted: list[date], channel: Channel) -> pd.DataFrame:
    """Every flight of these days, predicted in the morning with the model in production."""
    frames = []
    for day in wanted:
        os.environ["FLIGHTTIME_TODAY"] = f"{day}"
        team.morning(day)
        team.forget_after_a_week(day)
        channel.say(kind="day", day=day)
        frames.append(team.predict(day).assign(age=(day - team.trained).days))
    return pd.concat(frames, ignore_index=True)


def live(level: int, until: date, channel: Channel) -> None:
    runs = RUNS / LEVELS[level].name
    assumed = assumptions.read()[f"level{level}"]
    os.environ["FLIGHTTIME_TODAY"] = f"{days.FIRST}"
    team = TEAMS[level](
        assumed, runs, lambda kind, text: channel.say(kind=kind, day=today(), text=text)
    )
    may_go_on = threading.Event()
    stop_with_parent(team, may_go_on)
    try:
        started = time.perf_counter()
        reused = build(team, level, runs)
        with proof(level, runs, reused=reused):
            team.open()
            sample = sample_of(team)
        write(sample, level, "sample")
        channel.say(kind="built", reused=reused, seconds=time.perf_counter() - started)
        may_go_on.wait()
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
    with output_to_log(RUNS / f"{LEVELS[level].name}.log") as channel:
        live(level, until, channel)


if __name__ == "__main__":
    main()
