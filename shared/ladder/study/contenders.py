"""The rules to compare: by the calendar, by data drift, by error, by error over the median's."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from math import nan
from typing import Any

from flighttime import policy
from flighttime.features import CATEGORIES
from flighttime.features import FEATURES
from groundcrew import settings
from groundcrew import stats
from ladder.study.rule import MONDAY
from ladder.study.rule import Rule
from ladder.study.rule import Week

NEWEST_WEEK = {"breaches": 1, "window_weeks": 1}


def calendar(asked: Callable[[date], bool]) -> Rule:
    """Retrain on days of the calendar, whatever happens in production."""
    return Rule(lambda weeks, today, history: True, asked)


def ratio(**changes: float) -> Rule:
    """The policy of flighttime.toml, with `changes` to its numbers."""
    numbers = settings.section("policy") | changes

    def retrains(weeks: list[Week], today: date, history: list[dict]) -> bool:
        return policy.decide(weeks, today, history, numbers).yes

    return Rule(retrains, strict=False)


def certified(rule: Rule) -> Rule:
    """The rule at a strict gate, which releases the very bytes that it has certified."""
    return replace(rule, refits=False, strict=True)


def error(threshold: float) -> Rule:
    """Retrain where the newest week's error is over `threshold` times the certified error."""
    return measured(CertifiedRatio, threshold)


def drift(threshold: float) -> Rule:
    """Retrain where the PSI of a feature is over `threshold` in the newest week."""
    return measured(Drift, threshold)


def measured(measure: Callable[[Week], Any], threshold: float) -> Rule:
    """The same policy on another measure of the newest week."""
    numbers = settings.section("policy") | NEWEST_WEEK | {"threshold": threshold}

    def retrains(weeks: list[Week], today: date, history: list[dict]) -> bool:
        return policy.decide([*map(measure, weeks[-1:])], today, history, numbers).yes

    return Rule(retrains, strict=False)


class Drift:
    """A week measured by the feature that has drifted most from the champion's training data."""

    def __init__(self, week: Week) -> None:
        self.labels = week.labels
        profile = stats.profile(week.training[FEATURES])
        distances = stats.drift(profile, week.flights[FEATURES], CATEGORIES).values()
        self.ratio = max((distance["psi"] or 0.0 for distance in distances), default=nan)


class CertifiedRatio:
    """A week measured by its error over the champion's certified error."""

    def __init__(self, week: Week) -> None:
        self.labels = week.labels
        self.ratio = week.mae / week.certified


def first_of_month(day: date) -> bool:
    return day.day == 1


RULES = {
    "never": calendar(lambda day: False),
    "quarterly": calendar(lambda day: (day.day, day.month % 3) == (1, 1)),
    "monthly": calendar(first_of_month),
    "monthly-certified": certified(calendar(first_of_month)),
    "fortnightly": calendar(
        lambda day: day.weekday() == MONDAY and day.isocalendar().week % 2 == 0
    ),
    "weekly": calendar(lambda day: day.weekday() == MONDAY),
    "daily-certified": certified(calendar(lambda day: True)),
    "drift-0.1": drift(0.1),
    "error-1.25": error(1.25),
    "error-1.5": error(1.5),
    "newest-1.1": ratio(threshold=1.1, **NEWEST_WEEK),
    **{
        f"ratio-{threshold}": ratio(threshold=threshold)
        for threshold in (1.05, 1.1, 1.15, 1.2, 1.3)
    },
    # To compare: what the refit is worth, and what a gate that asks less in a breach is worth.
    "ratio-1.1-certified": certified(ratio(threshold=1.1)),
    "ratio-1.05-certified": certified(ratio(threshold=1.05)),
    "ratio-1.05-strict": replace(ratio(threshold=1.05), strict=True),
}
