"""Shadow before, probation after: who is to answer is judged on the very flights that both have answered.

    python -m flighttime.trial --version 7
    python -m flighttime.trial

The first sends a version that the gate lets pass on trial. The second takes what is on trial or on probation as far
as it can be taken: to a release, a confirmation or a rollback, or it waits for more landings.
"""

import argparse
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from statistics import fmean

from flighttime import certificates
from flighttime import course
from flighttime import environment
from flighttime import ingest
from flighttime import lease
from flighttime import package
from flighttime import probation
from flighttime import production
from flighttime import release
from flighttime import settings
from flighttime import shadow
from flighttime import steps
from flighttime import truth
from flighttime.course import Course
from flighttime.errors import Refused
from flighttime.features import TARGET
from flighttime.switchover import TakenBack

WAITS, PASSED, FAILED = "waits", "passed", "failed"


@dataclass(frozen=True)
class Judged:
    """How a version did beside another, in minutes on the same flights."""

    outcome: str
    flights: int
    error: float = float("nan")
    other: float = float("nan")

    def why(self, beside: str) -> dict:
        """The reason and the numbers, for the ledger."""
        numbers = {"error": self.error, "other": self.other, "loss": self.error - self.other}
        evidence = {"flights": self.flights} | {name: round(minutes, 4) for name, minutes in numbers.items()}
        told = f"on the same {self.flights:,} flights it erred {self.error:.2f} minutes, version {beside} {self.other:.2f}"
        return {"reason": told, "evidence": evidence}


def judge(errors_one: Sequence[float], errors_other: Sequence[float], rule: dict, stage: str = "trial") -> Judged:
    """Compare two versions' errors on the same flights; `stage` is trial or probation, each with its numbers."""
    flights = len(errors_one)
    if flights < rule[f"{stage}_flights"]:
        return Judged(WAITS, flights)
    error, other = fmean(map(abs, errors_one)), fmean(map(abs, errors_other))
    outcome = FAILED if error - other > rule[f"{stage}_loss"] else PASSED
    return Judged(outcome, flights, error, other)


def begin(version: str, today: date) -> None:
    """Let a version shadow the champion; where there is none yet, release it at once. Raises Refused if it may not."""
    here, champion = course.now(), production.released()
    if (here.step, here.version) == (course.TRIAL, version):
        return
    if here.step not in (course.WATCH, course.TRAIN, course.CERTIFY, course.BEGIN):
        raise Refused(f"version {here.version} comes first, to {here.step}: wait until that is done")
    certificates.promotion(version)
    if champion is None:
        release.release(version, today, course.BY)
        return
    package.promote(version, environment.PRODUCTION)
    package.load(version, environment.PRODUCTION)
    why = f"it looks on beside {champion} until {settings.tuned('policy')['trial_flights']:,} flights have landed"
    course.note(today, "on trial", version, champion, reason=why)


def settle(today: date) -> None:
    """Take what is on trial or on probation as far as it can be taken today."""
    before, here = None, course.now()
    while here != before:
        shadow.follow(here)
        if here.step in WORK:
            WORK[here.step](here, today)
        before, here = here, course.now()


def go_on(here: Course, today: date) -> None:
    """What the loop has trained goes on trial; if it may not, that is the end of it."""
    try:
        begin(here.version, today)
    except TakenBack as refusal:
        steps.warning(str(refusal))
    except Refused as refusal:
        course.note(today, "trial lost", here.version, here.beside, reason=str(refusal))


def settle_trial(here: Course, today: date) -> None:
    if judged := weigh(here, "trial"):
        decision = {PASSED: "trial won", FAILED: "trial lost"}[judged.outcome]
        course.note(today, decision, here.version, here.beside, **judged.why(here.beside))


def settle_probation(here: Course, today: date) -> None:
    if judged := weigh(here, "probation"):
        probation.end(here, today, stays=judged.outcome == PASSED, **judged.why(here.beside))


def weigh(here: Course, stage: str) -> Judged | None:
    """How the flights that both have answered decide; None while there are too few of them."""
    flights = truth.same_flights(here.version, here.beside, datetime.fromisoformat(here.since))
    errors = ((flights[name] - flights[TARGET]).tolist() for name in ("one", "other"))
    judged = judge(*errors, settings.tuned("policy"), stage)
    if judged.outcome != WAITS:
        return judged
    steps.notice(f"version {here.version} beside {here.beside}, {stage}: {judged.flights:,} flights have landed")
    return None


WORK: dict[str, Callable[[Course, date], None]] = {
    course.BEGIN: go_on,
    course.TRIAL: settle_trial,
    course.RELEASE: probation.put_in_charge,
    course.WATCH_OVER: probation.begin,
    course.PROBATION: settle_probation,
}


def main(arguments: argparse.Namespace) -> None:
    with lease.held("settling what is on trial"):
        release.recover(arguments.today)
        if arguments.version:
            begin(arguments.version, arguments.today)
        else:
            ingest.update(arguments.today)
            truth.take_in(arguments.today)
        settle(arguments.today)
    tell(course.now())


def tell(here: Course) -> None:
    steps.output("champion", production.released() or "")
    steps.output("trial", here.version if here.step == course.TRIAL else "")
    steps.output("probation", here.version if here.step == course.PROBATION else "")


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--version", help="the number of a certified version, to send on trial")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
