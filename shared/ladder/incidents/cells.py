"""Play a cell in a process of its own, and keep its record."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from typing import NoReturn

from ladder.incidents import sandboxes
from ladder.incidents import stored
from ladder.incidents.catalogue import CATALOGUE
from ladder.incidents.days import play_days
from ladder.incidents.incident import undisturbed


class Stopped(BaseException):
    """The cell is ended from outside: no exit of a command, so that nothing goes on after it."""


def stop(number: int, frame: object) -> NoReturn:
    raise Stopped


def play_cell(
    name: str,
    level: int,
    seed: int,
    tell: Callable[[dict], None] = lambda event: None,
    evening: Callable[[], None] = lambda: None,
) -> None:
    """Play one cell; its record is written last, so that an interrupted one is played again."""
    signal.signal(signal.SIGTERM, stop)
    started = time.perf_counter()
    run = CATALOGUE.get(name) or undisturbed(name.removeprefix("without-"))
    folder = stored.sandbox(name, level, seed)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(stored.base(run.scenario, level), folder)
    play = sandboxes.enter(folder, run, level, seed, tell)
    if play.scenario.made:
        play.made = (folder / "made").read_text(encoding="utf-8")
        play.today = play.scenario.first
        play.say("decision", f"this morning a new model was made: {play.made}")
    try:
        run.hooks.before(play)
        if run.application:
            play.team.serve()
        play_days(play, evening)
    finally:
        play.team.close()
    spent = sum(os.times()[:4])
    path = stored.record_of(name, level, seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    seconds = {"wall": round(time.perf_counter() - started, 2), "cpu": round(spent, 2)}
    made_from = stored.digest(level, name)
    play.save(path, **play.cell, made_from=made_from, seconds=seconds)
    shutil.rmtree(folder, ignore_errors=True)
