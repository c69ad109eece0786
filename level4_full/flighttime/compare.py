"""Runs side by side, as they are on record: a star marks what is not the same in all.

    python -m flighttime.compare 1 2 [3 …]
"""

import argparse

import pandas as pd

from flighttime import facts
from flighttime import steps
from flighttime import tracking

WIDTH = 45  # of a column, in characters: what is longer is cut off on a terminal, never in a notebook


def compare(names: list[str]) -> pd.DataFrame:
    """A row for each fact, a column for each run, which is named by its id or by its version."""
    told = {name: known(name) for name in names}
    table = pd.DataFrame(told, index=list(dict.fromkeys(fact for run in told.values() for fact in run))).fillna("-")
    table.insert(0, "", (table.nunique(axis=1) > 1).map({True: "*", False: ""}))
    return table


def known(name: str) -> dict[str, str]:
    return {fact: value for section in facts.on_record(tracking.get(name)).values() for fact, value in section.items()}


def main(arguments: argparse.Namespace) -> None:
    print(compare(arguments.runs).to_string(max_colwidth=WIDTH))


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("runs", metavar="RUN_OR_VERSION", nargs="+", help="the id of a run, or the number of its version")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
