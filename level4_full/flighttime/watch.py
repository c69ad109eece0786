"""The loop: watch production, retrain when it asks for it, certify, release, and take it back if it fails.

    python -m flighttime.watch [--every SECONDS]
"""

import argparse
import json
import os
import time
import urllib.request
from dataclasses import dataclass
from datetime import date

from flighttime import certify
from flighttime import ingest
from flighttime import ledger
from flighttime import monitor
from flighttime import package
from flighttime import pipeline
from flighttime import policy
from flighttime import production
from flighttime import release
from flighttime import rollback
from flighttime import settings
from flighttime import steps
from flighttime.errors import Refused

BY = "the policy"
SECONDS_TO_FOLLOW = 10


@dataclass(frozen=True)
class Turn:
    """What one turn of the loop decided, and the version that it released, if it did."""

    decision: policy.Decision
    certificate: certify.Certificate | None = None
    released: str | None = None


def turn(today: date) -> Turn:
    """Look at production once; retrain, certify and release if the policy says so."""
    ingest.update(today)
    rule = settings.tuned("policy")
    decision = policy.decide(monitor.weeks(today, rule["of_weeks"]), today, last_retrained(), rule)
    if not decision.retrain:
        return Turn(decision)
    ledger.record(today, "retrain", production.released(), by=BY, reason=decision.reason)
    version = pipeline.run(today)
    package.package(version)
    certificate = certify.certify(version, today)
    if not certificate.promoted:
        return Turn(decision, certificate)
    release.release(version, today, BY)
    return Turn(decision, certificate, version if confirmed(version, today) else None)


def last_retrained() -> date | None:
    days = [entry["day"] for entry in ledger.entries() if entry["decision"] == "retrain"]
    return date.fromisoformat(days[-1]) if days else None


def confirmed(version: str, today: date) -> bool:
    """Whether the application answers with the new version; if it does not, the old one comes back."""
    place = os.environ.get("FLIGHTTIME_APP")
    if not place or follows(place, version):
        return True
    rollback.roll_back(today, f"{BY}: the application at {place} did not follow")
    return False


def follows(place: str, version: str) -> bool:
    """Ask the application until it names the version, or until the time to follow is over."""
    deadline = time.monotonic() + SECONDS_TO_FOLLOW
    heard = ""
    while time.monotonic() < deadline:
        heard = ask(place)
        if heard == version:
            return True
        time.sleep(0.1)
    steps.warning(f"{place} was to answer with version {version}, but: {heard}")
    return False


def ask(place: str) -> str:
    """The version that the application says it answers with, or what went wrong instead."""
    try:
        with urllib.request.urlopen(f"{place}/version", timeout=SECONDS_TO_FOLLOW) as answer:
            return str(json.load(answer)["model"])
    except (OSError, KeyError, TypeError, ValueError) as problem:
        return str(problem)


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
