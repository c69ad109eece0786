"""`ladder teach`: the schedule by the clock, the measured minutes, and the instructors' texts."""

import argparse
import re
from datetime import date

from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.teaching import measuring
from ladder.teaching import minutes
from ladder.teaching import tables
from ladder.teaching import texts
from ladder.teaching import timings
from ladder.teaching import versions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    which = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    plan = which.add_parser("plan", help="print a schedule by the clock")
    plan.add_argument("schedule", metavar="SCHEDULE", help="90-minutes, half-day or day")
    plan.add_argument("--start", default="9:00", metavar="TIME", help="default: 9:00")
    taught = which.add_parser("taught", help="add measured minutes, which replace an estimate")
    taught.add_argument("part", metavar="PART", help="a part of shared/teaching/minutes.toml")
    taught.add_argument("minutes", type=int, metavar="MINUTES")
    taught.add_argument("--people", type=int, required=True, help="the size of the class")
    taught.add_argument("--date", metavar="DAY", help="default: today")
    timed = which.add_parser("timings", help="measure the machine's part: walks and main commands")
    timed.add_argument("--levels", default="0,1,2,3,4", help="only these walks, such as 1,2")
    timed.add_argument("--walks-only", action="store_true", help="leave the main commands out")
    timed.add_argument("--publish", action="store_true", help="store the seconds, renew the tables")
    which.add_parser("verified", help="note today as the day that the versions were verified")
    which.add_parser("publish", help="renew the tables in the instructors' texts")


def main(arguments: argparse.Namespace) -> int:
    return {
        "plan": plan,
        "taught": taught,
        "timings": timed,
        "verified": verified,
        "publish": publish,
    }[arguments.what](arguments)


def plan(arguments: argparse.Namespace) -> int:
    schedule = minutes.named(arguments.schedule)
    print(schedule.title)
    for at, length, title, known, _ in tables.rows(schedule, minute_of_day(arguments.start)):
        mark = " *" if known == "estimate" else ""
        print(f"{at:>5}  {length:>3}  {title.strip('*')}{mark}")
    print("* an estimate: `ladder teach taught PART MINUTES --people N` replaces it")
    return 0


def minute_of_day(text: str) -> int:
    """Minutes since midnight; raises LadderError for what is not a time."""
    found = re.fullmatch(r"(\d{1,2}):([0-5]\d)", text)
    if not found or int(found[1]) > 23:
        raise LadderError(f"--start {text} is not a time: write it like 9:00 or 13:30")
    return int(found[1]) * 60 + int(found[2])


def taught(arguments: argparse.Namespace) -> int:
    try:
        day = date.fromisoformat(arguments.date) if arguments.date else date.today()
    except ValueError:
        raise LadderError(
            f"--date {arguments.date} is not a day: write it like 2026-11-30"
        ) from None
    minutes.note(arguments.part, arguments.minutes, arguments.people, day)
    print(f"noted in {minutes.FILE.relative_to(ROOT)}")
    return publish(arguments)


def timed(arguments: argparse.Namespace) -> int:
    levels = wanted_levels(arguments.levels)
    if arguments.publish and (levels != sorted(LEVELS) or arguments.walks_only):
        raise LadderError("only all walks and commands are published: give --publish alone")
    on, measured = timings.machine(), []
    for row in measuring.measure(levels, with_commands=not arguments.walks_only):
        measured.append(row)
        print(f"{timings.total(row):7.1f} s  {timings.titled(row)}", flush=True)
        for step in row.get("steps", []):
            print(f"{'':9}{step['seconds']:7.1f} s  step {step['step']}", flush=True)
    if arguments.publish:
        timings.write(measured, on)
        return publish(arguments)
    return 0


def wanted_levels(text: str) -> list[int]:
    if not re.fullmatch(r"[0-4](,[0-4])*", text):
        raise LadderError(f"--levels {text!r}: give numbers from 0 to 4, such as 1,2")
    return sorted({int(number) for number in text.split(",")})


def verified(arguments: argparse.Namespace) -> int:
    versions.verify()
    return publish(arguments)


def publish(_: argparse.Namespace) -> int:
    for path in texts.publish():
        print(f"renewed: {path.relative_to(ROOT)}")
    return 0
