"""Leans on a level's application for a while, as the worst of its users would, and says whether it held."""

import argparse
import asyncio
import contextlib
import shutil
import tempfile
import time
from pathlib import Path

from ladder import serve
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import RUNS
from ladder.places import level_environment
from ladder.soak import bad
from ladder.soak import good
from ladder.soak import known
from ladder.soak import memory
from ladder.soak import restart
from ladder.soak import slow
from ladder.soak.application import Application
from ladder.soak.tally import Tally
from ladder.soak.trial import Trial

SHORTEST = 5
PATIENCE, TO_TAKE = 10.0, 20.0
KINDS = [*good.KINDS, restart.HALF_SENT, *bad.KINDS, *slow.KINDS]
BEFORE_THE_RESTART = 0.25


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("level", type=int, choices=sorted(LEVELS), help="1 to 4")
    parser.add_argument("--seconds", type=float, default=60, help="how long, without the restart (default: 60)")
    parser.add_argument("--patience", type=float, help="shorten the application's own time limits to so many seconds")


def main(arguments: argparse.Namespace) -> int:
    level = arguments.level
    if level == 0:
        raise LadderError(serve.NO_APPLICATION)
    if not arguments.seconds >= SHORTEST:
        raise LadderError(f"--seconds {arguments.seconds:g} is too short to say anything: give {SHORTEST} or more")
    if arguments.patience is not None and not 1 <= arguments.patience <= PATIENCE:
        raise LadderError(f"--patience {arguments.patience:g} is not between 1 and {PATIENCE:g} seconds: choose such a number")
    state = RUNS / LEVELS[level].name
    if not state.is_dir():
        raise LadderError(f"Level {level} has no model in production yet; `python3 ladder.py run --levels {level}` makes one")
    with tempfile.TemporaryDirectory() as folder:
        # What is asked here never happened, so nobody is to find it in the level's own record.
        copy = shutil.copytree(state, Path(folder) / "state")
        tally = asyncio.run(soak(level, copy, arguments.seconds, arguments.patience))
    print(tally.verdict())
    return 1 if tally.findings else 0


async def soak(level: int, state: Path, seconds: float, patience: float | None) -> Tally:
    environment = level_environment(level) | {"FLIGHTTIME_RUNS": str(state), "FLIGHTTIME_TODAY": serve.today()}
    environment.pop("FLIGHTTIME_TOKEN", None)
    right = known.ask(LEVELS[level], environment)
    tally = Tally(KINDS)
    application = Application(level, environment, state.with_name("log"), patience)
    with contextlib.closing(application):
        await application.start()
        trial = Trial(application, right, tally, time.monotonic() + seconds, patience or PATIENCE, patience or TO_TAKE)
        restarted = await lean(trial, seconds)
    tally.require_all_tried()
    for line in application.complaints():
        tally.blame("the log", line)
    print(f"Level {level}, {seconds:g} s, model {right.model}\n{tally.table()}\nThe restart: {restarted}")
    print(memory.told(application.lives, tally))
    return tally


async def lean(trial: Trial, seconds: float) -> str:
    """All clients at once, and a restart among them; returns how that went."""
    watching = asyncio.create_task(trial.application.watch())
    restarting = restart.after(BEFORE_THE_RESTART * seconds, trial)
    restarted, *_ = await asyncio.gather(restarting, *good.clients(trial), *bad.clients(trial), *slow.clients(trial))
    watching.cancel()
    trial.tally.require(await slow.all_gone(trial), "the end", "it holds connections that nobody has any more")
    return restarted
