"""`ladder slides`: the workshop's slides, or its wall sheet, as one file for a browser."""

import argparse
from pathlib import Path

from ladder import browser
from ladder import writable
from ladder.errors import LadderError
from ladder.places import RUNS
from ladder.report.write import write_atomically
from ladder.slides import deck
from ladder.slides import wall


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--wall", action="store_true", help="the wall sheet, A3, instead of slides")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="where to write it (default: slides.html or wall.html in the runs folder)",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")


def main(arguments: argparse.Namespace) -> int:
    name, page = ("wall.html", wall.page()) if arguments.wall else ("slides.html", deck.page())
    file = (arguments.out or RUNS / name).absolute()
    writable.require_outside(file, RUNS / name)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, page)
    except OSError as problem:
        raise LadderError(
            f"{file} cannot be written ({problem.strerror}): name another file with --out"
        ) from None
    print(file)
    if not arguments.no_browser:
        browser.show(file.as_uri())
    return 0
