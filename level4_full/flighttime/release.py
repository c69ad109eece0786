"""Put a certified model into production: a person approves, and the application follows.

    python -m flighttime.release --version 7 --approved-by "Kim"
"""

import argparse
from datetime import date

from flighttime import certify
from flighttime import environment
from flighttime import ledger
from flighttime import package
from flighttime import production
from flighttime import steps


def release(version: str, today: date, approved_by: str) -> None:
    """Let production answer with this version, without a restart; raises Refused if it is not certified or does not load."""
    certificate = certify.promotion(version)
    package.promote(version, environment.PRODUCTION)
    package.load(version, environment.PRODUCTION)
    # First the record, then the deed: a release that dies in between can be repeated, and is no secret.
    ledger.record(today, "released", version, by=approved_by, reason=certificate.reason)
    production.switch_to(version)


def main(arguments: argparse.Namespace) -> None:
    release(arguments.version, arguments.today, arguments.approved_by)
    steps.output("released", arguments.version)


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--version", required=True, help="the number of a certified version")
    parser.add_argument("--approved-by", required=True, help="who approves")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
