"""Load-test a level's application with correct, wrong and slow clients, and a restart."""

import argparse
import asyncio
import contextlib
import shutil
import tempfile
import time
from pathlib import Path

from ladder import serve
from ladder import visit
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import replay_environment
from ladder.soak import bad
from ladder.soak import expected
from ladder.soak import good
from ladder.soak import memory
from ladder.soak import restart
from ladder.soak import slow
from ladder.soak.application import Application
from ladder.soak.tally import Tally
from ladder.soak.trial import Trial

SHORTEST = 5
SECONDS_TO_SEND, SECONDS_TO_TAKE = 10.0, 20.0  # the application's own time limits
KINDS = [*good.KINDS, restart.HALF_SENT, *bad.KINDS, *slow.KINDS]
BEFORE_THE_RESTART = 0.25


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("level", type=int, choices=sorted(LEVELS), help="1 to 4")
    parser.add_argument(
        "--seconds", type=float, default=60, help="how long, without the restart (default: 60)"
    )
    parser.add_argument(
        "--patience",
        type=float,
        help="shorten the application's own time limits to so many seconds",
    )


def main(arguments: argparse.Namespace) -> int:
    level = arguments.level
    if level == 0:
        raise LadderError(serve.NO_APPLICATION)
    if not arguments.seconds >= SHORTEST:
        raise LadderError(
            f"--seconds {arguments.seconds:g} is too short to say anything: give {SHORTEST} or more"
        )
    if arguments.patience is not None and not 1 <= arguments.patience <= SECONDS_TO_SEND:
        raise LadderError(
            f"--patience {arguments.patience:g} is not between 1 and {SECONDS_TO_SEND:g} seconds: "
            "choose such a number"
        )
    state = visit.year_state(level)
    if not state.is_dir():
        raise LadderError(
            f"Level {level} has no model in production yet in {state}{visit.origin(level)}; "
            f"`python3 ladder.py run --levels {level}` makes one"
        )
    with tempfile.TemporaryDirectory() as folder:
        # On a copy: these requests are no flights, and must not be in the level's own state.
        copy = shutil.copytree(state, Path(folder) / "state")
        tally = asyncio.run(soak(level, copy, arguments.seconds, arguments.patience))
    print(tally.verdict())
    return 1 if tally.findings else 0


async def soak(level: int, state: Path, seconds: float, patience: float | None) -> Tally:
    environment = replay_environment(level) | {
        "FLIGHTTIME_RUNS": str(state),
        "FLIGHTTIME_TODAY": visit.year_day(level),
    }
    answers = expected.ask(LEVELS[level], environment)
    tally = Tally(KINDS)
    application = Application(level, environment, state.with_name("log"), patience)
    with contextlib.closing(application):
        await application.start()
        trial = Trial(
            application,
            answers,
            tally,
            time.monotonic() + seconds,
            patience or SECONDS_TO_SEND,
            patience or SECONDS_TO_TAKE,
        )
        restarted = await run_clients(trial, seconds)
    tally.require_all_tried()
    for line in application.complaints():
        tally.blame("the log", line)
    print(
        f"Level {level}, {seconds:g} s, model {answers.model}\n{tally.table()}\n"
        f"The restart: {restarted}"
    )
    print(memory.growth(application.lives, tally))
    return tally


async def run_clients(trial: Trial, seconds: float) -> str:
    """Run all clients at once, with a restart; returns a sentence on the restart."""
    watching = asyncio.create_task(trial.application.watch())
    restarting = restart.after(BEFORE_THE_RESTART * seconds, trial)
    restarted, *_ = await asyncio.gather(
        restarting, *good.clients(trial), *bad.clients(trial), *slow.clients(trial)
    )
    watching.cancel()
    trial.tally.require(
        await slow.all_gone(trial), "the end", "it holds connections whose clients have gone"
    )
    return restarted
