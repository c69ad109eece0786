"""`ladder incident NAME --level N`: one incident, live, at one level or at two."""

import argparse
import itertools
import shutil
import textwrap
import time
from multiprocessing.connection import Connection

from ladder.errors import LadderError
from ladder.incidents import cells
from ladder.incidents import incident_page
from ladder.incidents import measured
from ladder.incidents import processes
from ladder.incidents import runner
from ladder.incidents import terminal
from ladder.incidents.catalogue import CATALOGUE
from ladder.incidents.command import chosen

SIGNS = {
    "world": "~",
    "command": "$",
    "alarm": "!",
    "person": "@",
    "release": ">",
    "decision": ">",
    "answers": " ",
}
KEY = "~ the world   $ a command   ! an alarm or a call   @ a person   > a release or a decision"
LONGEST_PAUSE = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="such as celsius; `ladder incidents --list` has all")
    parser.add_argument("--level", type=int, required=True, help="0 to 4")
    parser.add_argument("--versus", type=int, help="another level, side by side")
    parser.add_argument(
        "--pace", type=float, default=1.5, help="seconds to read a day in (default: 1.5)"
    )


def main(arguments: argparse.Namespace) -> int:
    levels = [arguments.level]
    if arguments.versus is not None:
        levels.append(arguments.versus)
    require(levels, arguments.pace)
    (name,) = chosen([arguments.name]) or [""]
    if not name:
        return 2
    incident = CATALOGUE[name]
    prepare(name, levels)
    print(f"\n{incident.title}\n\n{textwrap.fill(incident.story, 100)}\n\n{KEY}\n")
    follow(name, levels, arguments.pace)
    for level in levels:
        print(ending(name, level))
    print(f"\nFor discussion: {incident.question.text}")
    return 0


def require(levels: list[int], pace: float) -> None:
    for level in levels:
        if level not in range(5):
            raise LadderError(f"there is no Level {level}: choose 0 to 4")
    if len(set(levels)) < len(levels):
        raise LadderError(f"--versus {levels[1]} is the same level: choose another one")
    if not 0 <= pace <= LONGEST_PAUSE:
        raise LadderError(f"--pace {pace}: choose 0 to {LONGEST_PAUSE} seconds a day")


def prepare(name: str, levels: list[int]) -> None:
    """Build the states, and play the run without the incident, with which this one is compared."""
    before = [cell for cell in runner.wanted([name], levels) if cell[0] != name]
    tasks = runner.plan([*before, *((name, level, seed_of(name)) for level in levels)], again=False)
    tasks = [task for task in tasks if not task.name.startswith(f"{name},")]
    if tasks:
        print("Preparing the states, once:", flush=True)
    runner.run(tasks, 1, lambda done: print(f"  {done}", flush=True))


def seed_of(name: str) -> int:
    return CATALOGUE[name].seeds[0]


def follow(name: str, levels: list[int], pace: float) -> None:
    """Play the levels in step, day by day, and print what happens side by side.

    A level that releases later is played for longer: the others wait with an empty column.
    """
    ends: dict[int, Connection] = {}
    started = []
    try:
        for level in levels:
            ours, theirs = processes.context().Pipe()
            arguments = (name, level, seed_of(name), theirs)
            started.append(processes.start(cells.play_live, *arguments))
            theirs.close()
            ends[level] = ours
        width = min(shutil.get_terminal_size((120, 40)).columns, 200) // len(levels) - 2
        if len(levels) > 1:
            print("  ".join(f"LEVEL {level}".ljust(width) for level in levels).rstrip())
        while ends:
            days = {level: day_of(end) for level, end in ends.items()}
            ends = {level: end for level, end in ends.items() if days[level] is not None}
            if ends:
                print_day([days.get(level) or [] for level in levels], width)
                time.sleep(pace)
            for end in ends.values():
                end.send("go on")
    finally:
        for process in started:
            process.join(5)
            processes.end(process)


def day_of(end: Connection) -> list[dict] | None:
    """The events of the next day; None at the end of the play."""
    events: list[dict] = []
    while True:
        try:
            message = end.recv()
        except EOFError:
            raise LadderError(
                "the level's process has ended before its time: see its log"
            ) from None
        if message is None:
            return None
        if message == "evening":
            return events
        events.append(message)


def print_day(days: list[list[dict]], width: int) -> None:
    day = next((events[0]["day"] for events in days if events), None)
    if day is None:
        return
    print(f"\n{day}", flush=True)
    columns = [[line for event in events for line in lines_of(event, width)] for events in days]
    for row in itertools.zip_longest(*columns, fillvalue=""):
        print("  ".join(text.ljust(width) for text in row).rstrip(), flush=True)


def lines_of(event: dict, width: int) -> list[str]:
    """An event in a column of this width, and the last line of a command that failed."""
    lines = wrapped(f"{event['at'][:5]} {SIGNS[event['kind']]} {event['text']}", width)
    if event.get("code"):
        last = event["output"].splitlines()[-1:] or [""]
        lines += wrapped(f"        exit code {event['code']}: {last[0]}", width)
    return lines


def wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent=" " * 8, break_on_hyphens=False)


def ending(name: str, level: int) -> str:
    cell = measured.cell(CATALOGUE[name], level, seed_of(name))
    declared, why = CATALOGUE[name].expected[level]
    sign = terminal.SIGNS[cell["outcome"]]
    more = "" if cell["outcome"] == declared else f" Declared was: {declared}."
    text = f"Level {level}: {sign}: {why}.{more} {incident_page.measured(cell)}"
    return "\n" + textwrap.fill(text, 100)
