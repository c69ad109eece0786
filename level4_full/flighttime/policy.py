"""When to retrain: a rule about weeks of production, with its numbers in flighttime.toml."""

from dataclasses import dataclass
from datetime import date

from flighttime.monitor import Week


@dataclass(frozen=True)
class Decision:
    retrain: bool
    reason: str


def decide(weeks: list[Week], today: date, last_retrained: date | None, rule: dict) -> Decision:
    """Look at weeks, oldest first; too few landings are never taken for good news."""
    newest = weeks[-1]
    if newest.labels < rule["least_labels"]:
        return Decision(False, f"INSUFFICIENT DATA: {newest.labels} landings, {rule['least_labels']} are needed")
    told = f"last week erred {newest.ratio:.2f} times as much as the route median"
    if last_retrained and (today - last_retrained).days < rule["cooldown_days"]:
        return Decision(False, f"{told}, but the last retraining was on {last_retrained}")
    if not breaches(newest, rule):
        return Decision(False, f"{told}, within {rule['threshold']}")
    count = sum(breaches(week, rule) for week in weeks[-rule["of_weeks"] :])
    if count < rule["breaches"]:
        return Decision(False, f"{told}, over {rule['threshold']} for the first time in {rule['of_weeks']} weeks")
    return Decision(True, f"{told}, and {count} of {rule['of_weeks']} weeks were over {rule['threshold']}")


def breaches(week: Week, rule: dict) -> bool:
    return week.labels >= rule["least_labels"] and week.ratio > rule["threshold"]
