"""Put a registered model into production: a person names the version.

    python -m flighttime.release --version 7
"""

import argparse

from flighttime import production
from flighttime import steps
from flighttime import tracking


def release(version: str) -> None:
    """Let production answer with this version, after a restart; raises Refused if it does not load."""
    tracking.load(version)
    production.switch_to(version)


def main(arguments: argparse.Namespace) -> None:
    release(arguments.version)
    steps.output("released", arguments.version)


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--version", required=True, help="the number of a registered version")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
