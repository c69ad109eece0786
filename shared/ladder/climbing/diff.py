"""`ladder diff`: what a step changes, file by file, each with its reason; notebooks as text."""

import argparse
import re
from dataclasses import replace
from pathlib import Path

from ladder import browser
from ladder.changes import publish
from ladder.changes import side_by_side
from ladder.changes import step as steps
from ladder.changes import terminal
from ladder.changes.step import Step
from ladder.climbing import levels
from ladder.climbing import memory
from ladder.climbing import repository
from ladder.climbing import say
from ladder.climbing import taking
from ladder.errors import LadderError
from ladder.places import LEVELS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what",
        nargs="*",
        metavar="A B | FILE",
        help="two levels, such as 1 2 (default: where you are, and the next); then files",
    )
    parser.add_argument("--html", action="store_true", help="side by side, as a page in a browser")
    parser.add_argument(
        "--no-browser", action="store_true", help="with --html: only write the page"
    )
    parser.add_argument(
        "--publish",
        action="store_true",
        help="for maintainers: write each level's CHANGES.md again",
    )


def main(arguments: argparse.Namespace) -> int:
    if arguments.publish:
        if arguments.what or arguments.html:
            raise LadderError("--publish writes the pages of all levels: give it alone")
        publish.publish()
        return 0
    if arguments.no_browser and not arguments.html:
        raise LadderError("--no-browser is about the page that --html writes: give both")
    numbers = [word for word in arguments.what if re.fullmatch(r"\d+", word)]
    files = [normal(word) for word in arguments.what[len(numbers) :]]
    step = chosen(steps.between(*named(numbers)) if numbers else of_climb(), files)
    if arguments.html:
        page = side_by_side.write(step, is_whole=bool(numbers) and not files)
        print(page)
        if not arguments.no_browser:
            browser.show(page.as_uri())
        return 0
    terminal.show(step, files)
    if not numbers:
        taken = [one.path for one in step.changes if not one.is_gone]
        offered = [file for file in files if any(matches(path, [file]) for path in taken)]
        say.following("climb", *offered)
    return 0


def named(numbers: list[str]) -> tuple[int, int]:
    given = [int(number) for number in numbers]
    if len(given) != 2 or not set(given) <= set(LEVELS) or given[0] == given[1]:
        raise LadderError(
            f"ladder diff {' '.join(numbers)}: give two different levels from 0 to 4, such as 1 2"
        )
    return given[0], given[1]


def of_climb() -> Step:
    """The step that is next in this folder's climb, without the files that were taken already."""
    found = repository.require(Path.cwd())
    step = memory.read(found).step(found)
    number = step["level"] + 1
    if number > levels.LAST:
        raise LadderError("there is no level above this one; `ladder diff 3 4` shows the last step")
    left = taking.remaining(step)
    own = {path: name for path, name in step["files"].items() if path in left}
    own |= {path: step["files"][path] for path in levels.obsolete(number) & step["files"].keys()}
    before = {path: memory.kept(found, name) for path, name in own.items()}
    return steps.read(number - 1, number, before, left)


def normal(file: str) -> str:
    return Path(file).as_posix().removeprefix("./").rstrip("/")


def chosen(step: Step, files: list[str]) -> Step:
    """The step with the files that are asked for; raises LadderError if there is none of them."""
    if not files:
        return step
    parts = [
        replace(part, changes=[one for one in part.changes if matches(one.path, files)])
        for part in step.sections
    ]
    if not any(part.changes for part in parts):
        raise LadderError(
            f"{', '.join(files)}: this step changes no such file; `ladder diff` lists them"
        )
    return replace(step, sections=[part for part in parts if part.changes])


def matches(path: str, files: list[str]) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in files)
