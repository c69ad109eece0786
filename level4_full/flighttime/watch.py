"""The loop: watch production, retrain when it asks for it, certify, release, and take it back if it fails.

    python -m flighttime.watch [--every SECONDS]
"""

import argparse
import time
from dataclasses import dataclass
from datetime import date

from flighttime import certify
from flighttime import ingest
from flighttime import package
from flighttime import pipeline
from flighttime import policy
from flighttime import release
from flighttime import settings
from flighttime import steps
from flighttime.course import BY
from flighttime.errors import Refused
from flighttime.switchover import TakenBack


@dataclass(frozen=True)
class Turn:
    """What one turn of the loop decided, and the version that it released, if it did."""

    decision: policy.Decision
    certificate: certify.Certificate | None = None
    released: str | None = None


def turn(today: date) -> Turn:
    """Look at production once; retrain, certify and release if the policy says so."""
    release.recover(today)
    ingest.update(today)
    decision = policy.look(today)
    if not decision.retrain:
        return Turn(decision)
    version = pipeline.run(today)
    package.package(version)
    certificate = certify.certify(version, today)
    if not certificate.promoted:
        return Turn(decision, certificate)
    try:
        release.release(version, today, BY)
    except TakenBack as refusal:
        steps.warning(str(refusal))
        return Turn(decision, certificate)
    return Turn(decision, certificate, version)


def tell(result: Turn) -> None:
    steps.output("reason", result.decision.reason)
    if result.certificate:
        steps.output("outcome", f"{result.certificate.outcome}, {result.certificate.reason}")
    steps.output("retrain", str(result.decision.retrain).lower())
    steps.output("released", result.released or "")


def main(arguments: argparse.Namespace) -> None:
    tell(turn(arguments.today))
    while arguments.every:
        time.sleep(arguments.every)
        try:
            tell(turn(settings.today()))
        except Refused as refusal:
            # A feed that is late today must not end the loop for good.
            steps.error(str(refusal))


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--every", type=float, help="go on, with so many seconds between two looks (default: look once)")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
