"""Where the loop is, read off the ledger: so that whoever goes on knows, however the one before ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import date
from datetime import datetime

from flighttime import ledger

BY = "the policy"
# What is to be done next. Only at the first and the last nothing is under way.
WATCH = "watch"
TRAIN = "train"
CERTIFY = "certify"
BEGIN = "begin the trial"
TRIAL = "settle the trial"
RELEASE = "release"
WATCH_OVER = "begin the probation"
PROBATION = "settle the probation"
SPLIT = "leave it to the person whose split is on"

# From where a decision leads on, and to what.
ONWARD = {
    "retrain": ([WATCH], TRAIN),
    "trained": ([TRAIN], CERTIFY),
    "PROMOTE": ([TRAIN, CERTIFY], BEGIN),
    "on trial": ([WATCH, TRAIN, CERTIFY, BEGIN], TRIAL),
    "trial won": ([TRIAL], RELEASE),
    "released": ([RELEASE], WATCH_OVER),
    "on probation": ([WATCH_OVER], PROBATION),
}
OF_THE_GATE = ["PROMOTE", "REJECT", "TIE", "INSUFFICIENT DATA"]
REFUSALS = [*OF_THE_GATE[1:], "trial lost", "taken back", "rolled back to"]
SWITCHES = ["released", "rolled back to", "taken back"]
CALLED = "a person is called"
RESUMED = "resumed"


@dataclass(frozen=True)
class Course:
    """What is next, for which version beside which other, since when; how often in a row it came to nothing, and who knows."""

    step: str = WATCH
    version: str = ""
    beside: str = ""
    day: str = ""
    since: str = ""
    refused: int = 0
    calls: tuple[str, ...] = ()


def now() -> Course:
    return of(ledger.entries())


def note(today: date, decision: str, version: str, beside: str, **why: object) -> None:
    """Write down a step of the loop; from this moment on counts what both versions answer."""
    ledger.record(today, decision, version, by=BY, beside=beside, since=datetime.now(UTC).isoformat(), **why)


def of(history: Iterable[dict]) -> Course:
    """Where these entries of the ledger, oldest first, have led."""
    course = Course()
    for entry in history:
        course = after(course, entry)
    return course


def after(course: Course, entry: dict) -> Course:
    """A person goes first: whatever is done in another name than the loop's ends what is under way, and nothing is counted."""
    decision, ours = entry["decision"], entry.get("by") == BY
    if decision == CALLED:
        return replace(course, calls=(*course.calls, entry["reason"]))
    if decision == RESUMED:
        return replace(course, refused=0, calls=())
    if decision == "split":
        return replace(course, step=SPLIT, version=entry["version"], day=entry["day"])
    if decision == "split ended":
        return replace(course, step=WATCH)
    if entry.get("died") or decision in OF_THE_GATE and not awaited(course, entry):
        return course
    if decision == "confirmed" or decision in SWITCHES and not ours:
        return Course()
    if decision in REFUSALS:
        return Course(refused=course.refused + 1, calls=course.calls)
    return onward(course, entry)


def awaited(course: Course, entry: dict) -> bool:
    """Whether the gate has judged what the loop trained, and not what somebody tries by hand."""
    return course.step == TRAIN or (course.step, course.version) == (CERTIFY, entry["version"])


def onward(course: Course, entry: dict) -> Course:
    before, step = ONWARD.get(entry["decision"], ([], ""))
    if course.step in before:
        beside = entry.get("beside", course.beside)
        here = {"version": entry["version"], "beside": beside, "day": entry["day"], "since": entry.get("since", "")}
        return replace(course, step=step, **here)
    # The very first champion was on no trial.
    return replace(course, step=WATCH) if entry["decision"] == "released" else course
