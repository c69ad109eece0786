"""`ladder incident NAME --level N`: one incident, live, at one level or at two."""

import argparse
import textwrap

from ladder.alone import only_writer
from ladder.errors import LadderError
from ladder.incidents import incident_page
from ladder.incidents import measured
from ladder.incidents import runner
from ladder.incidents import side_by_side
from ladder.incidents import stored
from ladder.incidents.catalogue import CATALOGUE
from ladder.incidents.command import chosen
from ladder.incidents.outcomes import WORDS

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
    with only_writer(stored.HOME):
        prepare(name, levels)
        story = textwrap.fill(incident.story, 100)
        print(f"\n{incident.title}\n\n{story}\n\n{side_by_side.KEY}\n")
        side_by_side.follow(name, levels, seed_of(name), arguments.pace)
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


def ending(name: str, level: int) -> str:
    cell = measured.cell(CATALOGUE[name], level, seed_of(name))
    declared, why = CATALOGUE[name].expected[level]
    sign = WORDS[cell["outcome"]].sign
    more = "" if cell["outcome"] == declared else f" Declared was: {declared}."
    text = f"Level {level}: {sign}: {why}.{more} {incident_page.measured(cell)}"
    return "\n" + textwrap.fill(text, 100)
