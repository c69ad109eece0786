"""Put a certified model into production: its version becomes the champion, and the application follows.

    python -m flighttime.release --version 7 --approved-by "Kim"
    python -m flighttime.release --rollback --approved-by "Kim"
"""

import argparse
from datetime import date

from flighttime import certify
from flighttime import ledger
from flighttime import package
from flighttime import production
from flighttime import steps
from flighttime.errors import Refused


def release(version: str, today: date, approved_by: str) -> None:
    """Make a version the champion; raises Refused unless it is certified and opens."""
    certificate = certify.read(version)
    if not certificate.promoted:
        raise Refused(f"version {version} was certified as {certificate.outcome} ({certificate.reason}): train another")
    if certificate.champion != production.champion():
        raise Refused(f"version {version} was compared with another champion: certify it again")
    package.load(version)
    production.set_champion(version)
    ledger.record(today, "released", version, by=approved_by, reason=certificate.reason)


def roll_back(today: date, approved_by: str) -> str:
    """Make the champion before this one champion again; returns its version."""
    champion = production.champion()
    before = [version for version in ledger.releases() if version != champion]
    if not before:
        raise Refused("there is no champion before this one to go back to: release another version")
    package.load(before[-1])
    production.set_champion(before[-1])
    ledger.record(today, "rolled back to", before[-1], by=approved_by, reason=f"away from version {champion}")
    return before[-1]


def main(arguments: argparse.Namespace) -> None:
    if arguments.rollback:
        steps.output("released", roll_back(arguments.today, arguments.approved_by))
        return
    release(arguments.version, arguments.today, arguments.approved_by)
    steps.output("released", arguments.version)


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--version", help="the number of a certified version")
    what.add_argument("--rollback", action="store_true", help="back to the champion before this one")
    parser.add_argument("--approved-by", required=True, help="who approves")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
