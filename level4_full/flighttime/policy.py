"""When to retrain: a rule about weeks of production, with its numbers in flighttime.toml."""

import math
from dataclasses import dataclass
from datetime import date

from flighttime.monitor import Week


@dataclass(frozen=True)
class Decision:
    retrain: bool
    reason: str


def decide(weeks: list[Week], today: date, last_retrained: date | None, rule: dict) -> Decision:
    """Look at weeks, oldest first; a week that proves nothing is never taken for good news."""
    newest = weeks[-1]
    limit = rule["threshold"]
    if not proves(newest, rule):
        return Decision(False, f"INSUFFICIENT DATA: {newest.labels} landings last week, {rule['least_labels']} are needed")
    seen = f"last week erred {newest.ratio:.2f} times as much as the route median"
    if not breaches(newest, rule):
        return Decision(False, f"{seen}, which is within {limit}")
    count = sum(breaches(week, rule) for week in weeks[-rule["of_weeks"] :])
    seen = f"{seen}; weeks over {limit}: {count} of {rule['of_weeks']}"
    if count < rule["breaches"]:
        return Decision(False, f"{seen}, and {rule['breaches']} are needed")
    if last_retrained and (today - last_retrained).days < rule["cooldown_days"]:
        return Decision(False, f"{seen}, but {last_retrained} was the last retraining: wait {rule['cooldown_days']} days")
    return Decision(True, seen)


def breaches(week: Week, rule: dict) -> bool:
    return proves(week, rule) and week.ratio > rule["threshold"]


def proves(week: Week, rule: dict) -> bool:
    """Whether enough flights landed to say anything."""
    return week.labels >= rule["least_labels"] and not math.isnan(week.ratio)
