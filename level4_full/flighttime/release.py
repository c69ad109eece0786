"""Put a certified model into production: a person approves, the application follows, and is tried.

    python -m flighttime.release --version 7 --approved-by "Kim"
    python -m flighttime.release --recover
"""

import argparse
from datetime import date

from flighttime import certificates
from flighttime import environment
from flighttime import journal
from flighttime import package
from flighttime import production
from flighttime import steps
from flighttime import switchover
from flighttime.errors import Refused


def release(version: str, today: date, approved_by: str) -> None:
    """Let production answer with this version, without a restart; raises Refused if it may not, or fails there."""
    with journal.alone("release"):
        if switchover.recover(today) == "released" and production.released() == version:
            return
        certificate = certificates.promotion(version)
        folder = package.promote(version, environment.PRODUCTION)
        package.load(version, environment.PRODUCTION)
        evidence = {"outcome": certificate.outcome, "flights": certificate.flights}
        if certificate.champion:
            evidence |= {check.name: check.number for check in certificate.checks if check.name.startswith("gain")}
        evidence |= {"package": package.digest(folder / package.MANIFEST)}
        about = {"by": approved_by, "reason": certificate.reason, "evidence": evidence}
        switchover.take_over(today, "releasing", version, **about)


def recover(today: date) -> None:
    """Finish or undo a release or a rollback that died half way, if one did."""
    with journal.alone("release"):
        switchover.recover(today)


def main(arguments: argparse.Namespace) -> None:
    if arguments.recover:
        recover(arguments.today)
    elif not arguments.version or arguments.approved_by is None:
        raise Refused("nothing to release: add --version and --approved-by, or --recover after one that died")
    else:
        release(arguments.version, arguments.today, arguments.approved_by)
    steps.output("released", production.released() or "")


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--version", help="the number of a certified version")
    parser.add_argument("--approved-by", help="who approves")
    parser.add_argument("--recover", action="store_true", help="finish or undo what died half way")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
