"""When to retrain, and when to call a person: a rule about weeks of production, with its numbers in flighttime.toml.

    python -m flighttime.policy
"""

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import timedelta

from flighttime import course
from flighttime import lease
from flighttime import ledger
from flighttime import monitor
from flighttime import production
from flighttime import settings
from flighttime import steps
from flighttime.course import Course
from flighttime.monitor import Week

A_MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Decision:
    """`call` says why a person is called, and is empty where none is, or was already."""

    retrain: bool
    reason: str
    call: str = ""


def decide(weeks: Sequence[Week], today: date, history: list[dict], rule: dict) -> Decision:
    """Look at weeks and at the ledger, both oldest first; a week that proves nothing is never taken for good news."""
    here, seen = course.of(history), told(weeks, rule)
    hindered = hindrance(here, today, history, rule)
    due = breached(weeks, rule) and not hindered
    if here.step in (course.TRAIN, course.CERTIFY):
        due, seen, hindered = True, f"the retraining of {here.day} has not come to its end: it goes on", ""
    reason = f"{seen}, but {hindered}" if hindered and breached(weeks, rule) else seen
    reasons = [why for why in calls(weeks, today, here, history, rule) if why not in here.calls]
    return Decision(due, reason, next(iter(reasons), ""))


def breached(weeks: Sequence[Week], rule: dict) -> bool:
    """Whether enough of the last weeks breach, the newest among them."""
    recent = weeks[-rule["of_weeks"] :]
    return any(breaches(week, rule) for week in weeks[-1:]) and sum(breaches(week, rule) for week in recent) >= rule["breaches"]


def told(weeks: Sequence[Week], rule: dict) -> str:
    """What the weeks say, in words."""
    if not weeks or not proves(weeks[-1], rule):
        labels = weeks[-1].labels if weeks else 0
        return f"INSUFFICIENT DATA: {labels} landings last week, {rule['least_labels']} are needed"
    seen = f"last week erred {weeks[-1].ratio:.2f} times as much as the route median"
    if not breaches(weeks[-1], rule):
        return f"{seen}, which is within {rule['threshold']}"
    count = sum(breaches(week, rule) for week in weeks[-rule["of_weeks"] :])
    seen = f"{seen}; weeks over {rule['threshold']}: {count} of {rule['of_weeks']}"
    return seen if count >= rule["breaches"] else f"{seen}, and {rule['breaches']} are needed"


def breaches(week: Week, rule: dict) -> bool:
    return proves(week, rule) and week.ratio > rule["threshold"]


def proves(week: Week, rule: dict) -> bool:
    """Whether enough flights landed to say anything."""
    return week.labels >= rule["least_labels"] and not math.isnan(week.ratio)


def hindrance(here: Course, today: date, history: list[dict], rule: dict) -> str:
    """Why there is no retraining now, whatever the weeks say; empty if nothing is in the way."""
    if here.step == course.SPLIT:
        return f"version {here.version} is in a split since {here.day}: wait until it is ended"
    if here.step != course.WATCH:
        return f"version {here.version} is under way since {here.day} ({here.step}): wait"
    days = [date.fromisoformat(entry["day"]) for entry in history if entry["decision"] == "retrain"]
    if days and (today - days[-1]).days < rule["cooldown_days"]:
        return f"{days[-1]} was the last retraining: wait {rule['cooldown_days']} days"
    if sum(day > today - A_MONTH for day in days) >= rule["most_a_month"]:
        return f"{rule['most_a_month']} retrainings in {A_MONTH.days} days are the budget: wait"
    return ""


def calls(weeks: Sequence[Week], today: date, here: Course, history: list[dict], rule: dict) -> list[str]:
    """What only a person can mend, each in a sentence that is the same the next day."""
    reasons = []
    if here.refused >= rule["call_after"]:
        reasons.append(f"{rule['call_after']} retrainings in a row came to nothing: the ledger says why")
    if here.step not in (course.WATCH, course.SPLIT) and days_since(here.day, today) > rule["cooldown_days"]:
        reasons.append(f"the loop is stuck since {here.day} ({here.step}): look at its last words and at the application's log")
    if here.step == course.SPLIT and breached(weeks, rule):
        reasons.append(f"production asks for a retraining, but a split is on since {here.day}: end it")
    last = [entry["day"] for entry in history if entry["decision"] in ledger.FACTS][-1:]
    settled = last and days_since(last[0], today) > 7 * (rule["of_weeks"] + 1)
    if settled and not any(proves(week, rule) for week in weeks[-rule["of_weeks"] :]):
        reasons.append(f"none of the last {rule['of_weeks']} weeks proves anything: see where answers or landings are lost")
    return reasons


def days_since(day: str, today: date) -> int:
    return (today - date.fromisoformat(day)).days


def look(today: date, weeks: Sequence[Week]) -> Decision:
    """Decide, and write down what was decided."""
    rule, history = settings.tuned("policy"), ledger.entries()
    decision = decide(weeks, today, history, rule)
    if decision.retrain and course.of(history).step == course.WATCH:
        seen = {f"{week.first}": round(week.ratio, 4) for week in weeks if proves(week, rule)}
        evidence = {"ratios": seen, "labels": weeks[-1].labels, "threshold": rule["threshold"]}
        ledger.record(today, "retrain", production.released() or "", by=course.BY, reason=decision.reason, evidence=evidence)
    return replace(decision, call=call(today, weeks))


def call(today: date, weeks: Sequence[Week]) -> str:
    """Call a person for what nobody was called for yet, and write that down; returns why, empty if there is nothing."""
    why = decide(weeks, today, ledger.entries(), settings.tuned("policy")).call
    if why:
        ledger.record(today, course.CALLED, production.released() or "", by=course.BY, reason=why)
    return why


def tell(decision: Decision) -> None:
    steps.output("retrain", str(decision.retrain).lower())
    steps.output("reason", decision.reason)
    steps.output("call", decision.call)


def main(arguments: argparse.Namespace) -> None:
    with lease.held("deciding"):
        weeks = monitor.weeks(arguments.today, settings.tuned("policy")["of_weeks"])
        tell(look(arguments.today, weeks))


if __name__ == "__main__":
    steps.run(main, steps.parser(__doc__))
