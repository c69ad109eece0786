"""Open a shell in a level: its folder, the environment, your state, the feed and the day."""

import argparse
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import NamedTuple

from ladder import terminals
from ladder import visit
from ladder.child import ignored_interrupts
from ladder.climbing import memory
from ladder.climbing import repository
from ladder.errors import LadderError
from ladder.places import LEVELS

OPENED = """\
Level {level} on {day}, in {folder}
  feed     {feed}
  state    {state}
  another  `ladder shell{asked}` in another terminal opens the same; --today chooses the day
  leave    exit
"""
DAY = re.compile(rb'"day": "(\d{4}-\d\d-\d\d)"')
IN_POWERSHELL = """\
The commands of the READMEs are written for bash, which Git for Windows has. In PowerShell write
  $env:NAME='value'   for  export NAME=value
  $env:NAME           for  $NAME
  one command a line  for  commands joined by &&
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "level",
        type=int,
        nargs="?",
        choices=sorted(LEVELS),
        help="0 to 4 (default: the climb that you are in)",
    )
    parser.add_argument("--today", metavar="DAY", help="the simulated day (default: 2013-03-01)")
    parser.add_argument(
        "--runs",
        metavar="FOLDER",
        help="your state (default: FLIGHTTIME_RUNS, else runs/mineN; .runs/levelN in a climb)",
    )


def require_day(text: str) -> str:
    """The day as it is written; raises LadderError for what is not one."""
    try:
        return f"{date.fromisoformat(text)}"
    except ValueError:
        raise LadderError(f"--today {text!r} is not a day; write it like 2013-03-01") from None


def require_folder(text: str) -> Path:
    """The folder as it is written; raises LadderError for no text, which would be this folder."""
    if not text:
        raise LadderError("--runs is empty; name a folder")
    return Path(text).expanduser().resolve()


class Place(NamedTuple):
    """A folder that holds a level: the level's own, or an attendee's repository at that level."""

    level: int
    folder: Path
    state: Path


def place(level: int | None) -> Place:
    """Where the shell opens; raises LadderError if no level is named, and this is no climb."""
    if level is not None:
        return Place(level, LEVELS[level], visit.own_state(level))
    climb = repository.find(Path.cwd())
    if climb is None:
        raise LadderError("which level? Name it, such as `ladder shell 1`, or go to your climb")
    level = memory.read(climb).level(climb)
    own = visit.own_state(level) if visit.variable(visit.RUNS_SET, level) else None
    return Place(level, climb.folder, own or climb.folder / ".runs" / f"level{level}")


def level_shell(arguments: argparse.Namespace, opened: Place) -> dict[str, str]:
    """The environment of the shell; its state folder is made where there is none."""
    level = opened.level
    state = opened.state if arguments.runs is None else require_folder(arguments.runs)
    day = visit.own_day(level) if arguments.today is None else require_day(arguments.today)
    try:
        state.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise LadderError(
            f"the state folder {state} cannot be made ({problem.strerror}); name another one "
            "with --runs FOLDER"
        ) from None
    return {**visit.environment(level, state, day), "PWD": str(opened.folder)}


def later_day(state: Path, day: str) -> str:
    """A line that says how to go on where the decisions of the state end after this day."""
    ledger = state / "ledger.jsonl"
    lines = ledger.read_bytes().splitlines() if ledger.is_file() else []
    days = [found[1].decode() for line in lines if (found := DAY.search(line))]
    if not days or max(days) <= day:
        return ""
    return f"  go on    your decisions end on {max(days)}: export {visit.TODAY_SET}={max(days)}\n"


def main(arguments: argparse.Namespace) -> int:
    shown = place(arguments.level)
    environment = level_shell(arguments, shown)
    terminal = terminals.of(environment)
    print(
        OPENED.format(
            level=shown.level,
            asked="" if arguments.level is None else f" {shown.level}",
            day=environment[visit.TODAY_SET],
            folder=shown.folder,
            feed=environment["FLIGHTTIME_FEED"],
            state=environment[visit.RUNS_SET],
        ),
        end=later_day(Path(environment[visit.RUNS_SET]), environment[visit.TODAY_SET])
        + (IN_POWERSHELL if terminal.name == "PowerShell" else ""),
        flush=True,
    )
    return opened(terminal, shown.folder, {**environment, **terminal.variables})


def opened(terminal: terminals.Terminal, folder: Path, environment: dict[str, str]) -> int:
    """Let the shell take this process's place, or wait for it where that is not possible."""
    if os.name != "nt":
        os.chdir(folder)
        sys.stderr.flush()
        os.execve(terminal.command[0], terminal.command, environment)
    with ignored_interrupts():
        return subprocess.call(terminal.command, cwd=folder, env=environment)
