"""Runs side by side, as they are on record: a star marks what is not the same in all.

    python -m flighttime.compare 1 2 [3 …]
"""

import argparse
import textwrap
from collections.abc import Iterator
from itertools import zip_longest

from flighttime import facts
from flighttime import steps
from flighttime import tracking

STAR = 4
WIDTH = 40


def compare(names: list[str]) -> Iterator[str]:
    """The lines of a table with a column for each run, which is named by its id or by its version."""
    runs = [facts.on_record(tracking.get(name)) for name in names]
    yield from lines("", "", names)
    for section in runs[0]:
        yield from ["", f"  {section}"]
        for name in dict.fromkeys(name for run in runs for name in run[section]):
            values = [run[section].get(name, "-") for run in runs]
            yield from lines("*" if len(set(values)) > 1 else "", name, values)


def lines(mark: str, name: str, values: list[str]) -> Iterator[str]:
    """One row of the table, in as many lines as its longest value takes."""
    cells = [[name], *(textwrap.wrap(value, WIDTH) for value in values)]
    for parts in zip_longest(*cells, fillvalue=""):
        yield f"{mark:<{STAR}}{parts[0]:<{WIDTH}}{''.join(f'{part:<{WIDTH + 2}}' for part in parts[1:])}".rstrip()


def main(arguments: argparse.Namespace) -> None:
    for line in compare([arguments.run, *arguments.others]):
        print(line, flush=True)


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("run", metavar="RUN_OR_VERSION", help="the id of a run, or the number of its version")
    parser.add_argument("others", metavar="RUN_OR_VERSION", nargs="+", help="those to compare it with")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
