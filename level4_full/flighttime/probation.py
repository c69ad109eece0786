"""After the trial: the winner takes over, the old champion looks on, and comes back if it would have done better."""

from datetime import date

from flighttime import certificates
from flighttime import course
from flighttime import release
from flighttime import rollback
from flighttime import settings
from flighttime import steps
from flighttime.course import BY
from flighttime.course import Course
from flighttime.errors import Refused
from flighttime.switchover import TakenBack


def put_in_charge(here: Course, today: date) -> None:
    """Release the winner of a trial, if nothing has changed since it was certified and the application answers with it."""
    try:
        certificates.promotion(here.version)
    except Refused as refusal:
        course.note(today, "trial lost", here.version, here.beside, reason=str(refusal))
        return
    try:
        release.release(here.version, today, BY)
    except TakenBack as refusal:
        # The ledger has it already: to refuse is what the smoke test is for.
        steps.warning(str(refusal))


def begin(here: Course, today: date) -> None:
    flights = settings.tuned("policy")["probation_flights"]
    why = f"version {here.beside} looks on until {flights:,} flights have landed"
    course.note(today, "on probation", here.version, here.beside, reason=why)


def end(here: Course, today: date, *, stays: bool, reason: str, evidence: dict) -> None:
    """The new champion stays, or the one before comes back, with the care of any rollback."""
    if stays:
        course.note(today, "confirmed", here.version, here.beside, reason=reason, evidence=evidence)
    else:
        rollback.roll_back(today, BY, reason=f"away from version {here.version}: {reason}", evidence=evidence)
