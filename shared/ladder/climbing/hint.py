"""`ladder hint`: help with what the last check found."""

import argparse
from pathlib import Path

from ladder.climbing import memory
from ladder.climbing import repository
from ladder.climbing import say
from ladder.errors import LadderError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It has no arguments: the last check knows what the hint is about."""


def main(arguments: argparse.Namespace) -> int:
    found = repository.require(Path.cwd())
    memo = memory.read(found)
    if memo.finding is None:
        raise LadderError("there is nothing to give a hint about: `ladder check` looks for it")
    print(memo.finding["title"])
    say.paragraph(memo.finding["hint"], "  ")
    say.following("check")
    if memo.exercise:
        say.otherwise("exercise", memo.exercise["name"], "--solution")
    else:
        say.otherwise("reset", "--level", f"{memo.level(found)}")
    return 0
