"""`ladder progress`: how far the climb has come; it is kept when the laptop is closed."""

import argparse
from pathlib import Path

from ladder.climbing import exercises
from ladder.climbing import levels
from ladder.climbing import memory
from ladder.climbing import repository
from ladder.climbing import say
from ladder.climbing import standing
from ladder.climbing.memory import Memory
from ladder.climbing.repository import Repository
from ladder.places import LEVELS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It has no arguments: the folder's own climb is shown."""


def main(arguments: argparse.Namespace) -> int:
    found = repository.require(Path.cwd())
    memo = memory.read(found)
    here = memo.level(found)
    for level in sorted(LEVELS):
        mark = "you are here" if level == here else ""
        print(f"{levels.title(level):<40}{mark}".rstrip())
        for line in lines(found, memo, level, here):
            print(f"  {line}")
    if memo.exercise:
        print(f"the exercise {memo.exercise['name']} is open")
    say.following("check")
    return 0


def lines(found: Repository, memo: Memory, level: int, here: int) -> list[str]:
    own = exercises.of(level)
    done = [memo.solved[one.name] for one in own if one.name in memo.solved]
    said = []
    if level <= here:
        asked, files = standing.asked_at(level), standing.content(found)
        valid = [one for one in asked if standing.is_known(one, memo, files)]
        said.append(f"statements that hold, and need no new check: {len(valid)} of {len(asked)}")
    if own:
        by_solution = sum(how != "solved" for how in done)
        said.append(
            f"exercises: {len(done)} of {len(own)}"
            + (f", {by_solution} by their solution" if by_solution else "")
        )
    return said
