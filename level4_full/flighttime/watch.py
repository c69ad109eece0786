"""The loop: watch production, retrain when it asks for it, certify, try beside the champion, release, take back.

    python -m flighttime.watch [--every SECONDS]
    python -m flighttime.watch --resume --approved-by Kim

One turn goes on from where the ledger says that the loop is, so one that was killed costs what it had not finished.
"""

import argparse
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace
from datetime import date

from mlflow.exceptions import MlflowException

from flighttime import certify
from flighttime import course
from flighttime import ingest
from flighttime import lease
from flighttime import ledger
from flighttime import monitor
from flighttime import package
from flighttime import pipeline
from flighttime import policy
from flighttime import production
from flighttime import release
from flighttime import series
from flighttime import settings
from flighttime import steps
from flighttime import tracking
from flighttime import trial
from flighttime.course import Course
from flighttime.errors import Refused

ENDS = [*course.OF_THE_GATE, *course.SWITCHES, "trial won", "trial lost", "confirmed"]


@dataclass(frozen=True)
class Turn:
    """What one turn decided, what it wrote into the ledger, and where it leaves the loop."""

    decision: policy.Decision
    written: list[dict]
    course: Course

    @property
    def outcome(self) -> str:
        """The last that came to an end, and why."""
        ended = [f"{entry['decision']}, {entry.get('reason', '')}" for entry in self.written if entry["decision"] in ENDS]
        return ended[-1] if ended else ""

    @property
    def released(self) -> str:
        """The version that became the champion, if it still is."""
        switches = [entry for entry in self.written if entry["decision"] in course.SWITCHES]
        return switches[-1]["version"] if switches and switches[-1]["decision"] == "released" else ""


def turn(today: date) -> Turn:
    """Look at production once, and do what is next; raises Refused if somebody else is at it, or something is out of reach."""
    try:
        with lease.held("looking at production") as tell:
            return take(today, tell)
    except MlflowException as problem:
        first_line = str(problem).partition("\n")[0]
        raise Refused(f"the registry {tracking.shown(tracking.address())} is out of reach ({first_line}): see that it runs") from None


def take(today: date, tell: lease.Tell) -> Turn:
    before = len(ledger.entries())
    release.recover(today)
    ingest.update(today)
    weeks = monitor.weeks(today, settings.tuned("policy")["of_weeks"])
    series.store(weeks)
    trial.settle(today)
    decision = policy.look(today, weeks)
    while (here := course.now()).step in WORK:
        WORK[here.step](here, today, tell)
    if here.step == course.BEGIN:
        trial.settle(today)
    # What came of it may be one time too many.
    call = decision.call or policy.call(today, weeks)
    return Turn(replace(decision, call=call), ledger.entries()[before:], course.now())


def train(here: Course, today: date, tell: lease.Tell) -> None:
    tell("training")
    version = pipeline.run(today)
    made = tracking.lineage(version)
    evidence = {"mae": round(made["metrics"]["mae"], 4), "data_version": made["data_version"], "run": made["run"]}
    why = f"on flights from {made['trained_from']} to {made['trained_until']}"
    course.note(today, "trained", version, production.released() or "", reason=why, evidence=evidence)


def judge(here: Course, today: date, tell: lease.Tell) -> None:
    tell(f"certifying version {here.version}")
    package.package(here.version)
    certify.certify(here.version, today)


WORK: dict[str, Callable[[Course, date, lease.Tell], None]] = {course.TRAIN: train, course.CERTIFY: judge}


def tell(result: Turn) -> None:
    policy.tell(result.decision)
    steps.output("outcome", result.outcome)
    steps.output("released", result.released)
    trial.tell(result.course)


def go_on(every: float) -> None:
    """One turn after the other. Whatever is out of reach today must not end the loop for good."""
    # Whoever ends it, what is begun is put down in order.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Users come first: where the application answers on this machine too, the loop works in the room that it leaves.
    if hasattr(os, "nice"):
        os.nice(10)
    while True:
        try:
            tell(turn(settings.today()))
        except Refused as refusal:
            steps.error(str(refusal))
        except Exception as problem:
            steps.error(f"this turn came to nothing ({type(problem).__name__}: {problem}): the next one looks again")
        time.sleep(every)


def main(arguments: argparse.Namespace) -> None:
    if arguments.resume:
        if arguments.approved_by is None:
            raise Refused("nobody resumes: add --approved-by and a name")
        ledger.record(arguments.today, course.RESUMED, production.released() or "", by=arguments.approved_by)
    elif arguments.every:
        go_on(arguments.every)
    else:
        tell(turn(arguments.today))


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--every", type=float, help="go on, with so many seconds between two turns (default: one turn)")
    parser.add_argument("--resume", action="store_true", help="say that somebody has seen to what a person was called for")
    parser.add_argument("--approved-by", help="who has")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
