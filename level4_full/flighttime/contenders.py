"""The rules that are compared: retrain by the calendar, by drift, by the error itself, or by that of a fresh median."""

from collections.abc import Callable
from datetime import date

from flighttime import drift
from flighttime import policy
from flighttime import settings
from flighttime.backtest import MONDAY
from flighttime.backtest import Rule
from flighttime.backtest import Seen
from flighttime.features import CATEGORIES
from flighttime.features import FEATURES


def calendar(looks: Callable[[date], bool]) -> Rule:
    """Retrain on days of the calendar, whatever production does."""
    return Rule(lambda weeks, today, history: True, looks)


def ratio(**changes: float) -> Rule:
    """The rule of flighttime.toml, with other numbers where they are given."""
    tuned = settings.tuned("policy") | changes
    return Rule(lambda weeks, today, history: policy.decide(weeks, today, history, tuned).retrain)


def error(times: float) -> Rule:
    """The same rule on the error itself: so many times what the champion was certified with, in the newest week."""
    tuned = settings.tuned("policy") | {"threshold": times, "breaches": 1, "of_weeks": 1}
    return Rule(lambda weeks, today, history: policy.decide([Certified(week) for week in weeks], today, history, tuned).retrain)


def drifted(limit: float) -> Rule:
    """By what the model is asked, whatever it answers: a rule that needs no landings."""
    tuned = settings.tuned("policy") | {"threshold": limit, "breaches": 1, "of_weeks": 1}
    return Rule(lambda weeks, today, history: policy.decide([Drifted(week) for week in weeks[-1:]], today, history, tuned).retrain)


class Drifted:
    """A week measured by the input that is farthest from what the champion learned from."""

    def __init__(self, week: Seen) -> None:
        self.labels = week.labels
        self.ratio = max(
            drift.distance(drift.counted(week.learned_from[name]), week.flights[name], name in CATEGORIES)["psi"]
            for name in FEATURES
        )


class Certified:
    """A week measured by the champion's certificate instead of the route median."""

    def __init__(self, week: Seen) -> None:
        self.labels, self.ratio = week.labels, week.mae / week.certified


RULES = {
    "never": calendar(lambda day: False),
    "quarterly": calendar(lambda day: (day.day, day.month % 3) == (1, 1)),
    "monthly": calendar(lambda day: day.day == 1),
    "fortnightly": calendar(lambda day: day.weekday() == MONDAY and day.isocalendar().week % 2 == 0),
    "weekly": calendar(lambda day: day.weekday() == MONDAY),
    "daily": calendar(lambda day: True),
    "drift-0.1": drifted(0.1),
    "error-1.25": error(1.25),
    "error-1.5": error(1.5),
    "newest-1.1": ratio(breaches=1, of_weeks=1),
    **{f"ratio-{times}": ratio(threshold=times) for times in (1.05, 1.1, 1.15, 1.2, 1.3)},
}
