"""The range of each number that an option of a command takes."""

import argparse

from ladder.errors import LadderError

A_WEEK = 7 * 24 * 60 * 60
RANGES = {
    "seconds": (0, A_WEEK),
    "rounds": (1, 1000),
    "answers": (1, 1_000_000_000),
}


def require_range(arguments: argparse.Namespace) -> None:
    """Raise LadderError, with the option, its value and its range, if a number is out of range."""
    for name, (lowest, highest) in RANGES.items():
        value = getattr(arguments, name, None)
        if value is not None and not lowest <= value <= highest:  # NaN is in no range
            raise LadderError(f"--{name} is {value}: choose from {lowest} to {highest:,}")
