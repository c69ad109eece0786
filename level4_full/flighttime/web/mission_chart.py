"""Weeks of production as a picture: where each line, bar, band and mark goes.

Across, places are per cent of the width; the lines alone are drawn in a frame that is 1,000 wide, and stretched to
it. Down, they are pixels.
"""

import math
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import timedelta

from flighttime.web import chart

HEIGHT = 400
ALARMS = 9
OUTCOMES = 27
ERROR = (48, 230)
RATIO = (256, 332)
WHO = (352, 368)
WIDE = 1000
FEWEST_WEEKS = 16
A_WEEK = timedelta(days=7)
LINES = {"mae": "model", "route_median_mae": "median", "certified": "certified"}


@dataclass(frozen=True)
class Chart:
    """`who` has a part for each version in each week: from where, how wide, who, and whether to name it there."""

    lines: dict[str, list[str]]
    levels: list[tuple[float, int]]
    months: list[tuple[float, date]]
    bars: list[tuple[float, float, float, float, bool]]
    limits: list[tuple[float, str]]
    breaches: list[float]
    dots: list[tuple[float, float, bool]]
    newest: tuple[float, float, float] | None
    marks: list[tuple[float, dict]]
    who: list[tuple[float, float, str, int, bool]]
    week: float
    height: int = HEIGHT
    alarms: int = ALARMS
    outcomes: int = OUTCOMES
    error: tuple[int, int] = ERROR
    ratio: tuple[int, int] = RATIO
    strip: tuple[int, int] = WHO


@dataclass(frozen=True)
class Scale:
    """From days, minutes and ratios to places."""

    first: date
    weeks: int
    top: int
    ratios: tuple[float, float]

    def across(self, day: date) -> float:
        return round(min(max((day - self.first) / A_WEEK / self.weeks, 0), 1) * 100, 2)

    def middle(self, week: dict) -> float:
        return self.across(date.fromisoformat(week["first"]) + A_WEEK / 2)

    def minutes(self, value: float) -> float:
        return round(ERROR[1] - value / self.top * (ERROR[1] - ERROR[0]), 1)

    def times(self, value: float) -> float:
        low, high = self.ratios
        return round(RATIO[1] - (min(max(value, low), high) - low) / (high - low) * (RATIO[1] - RATIO[0]), 1)


def draw(weeks: Sequence[dict], told: Sequence[dict], limit: float) -> Chart | None:
    """`weeks` as they are stored, oldest first; `told` is what happened, each with its day. None without a week."""
    weeks = list(answered(weeks))
    if not weeks:
        return None
    levels = chart.level_minutes([0.0, *(week[name] or 0.0 for week in weeks for name in LINES)])
    ratios = [week["ratio"] for week in weeks if week["ratio"]]
    between = (min([0.9, *ratios]), max([1.5, *ratios]))
    first, last = (date.fromisoformat(weeks[place]["first"]) for place in (0, -1))
    # A loop that rested has left weeks out.
    scale = Scale(first, max((last - first) // A_WEEK + 1, FEWEST_WEEKS), levels[-1], between)
    week = round(100 / scale.weeks, 2)
    points = [(scale.middle(one), scale.minutes(one["mae"]), over(one, limit)) for one in weeks if one["mae"]]
    newest = [(*points[-1][:2], one["mae"]) for one in weeks if one["mae"]][-1:]
    return Chart(
        lines={kind: list(runs(weeks, name, scale)) for name, kind in LINES.items()},
        levels=[(scale.minutes(level), level) for level in levels],
        months=[(scale.across(day), day) for day in months(first, scale.weeks)],
        bars=[bar(one, week, scale, limit) for one in weeks if one["ratio"]],
        limits=[(scale.times(1), ""), (scale.times(limit), f"×{limit:g}")],
        breaches=[scale.across(date.fromisoformat(one["first"])) for one in weeks if over(one, limit)],
        dots=points,
        newest=next(iter(newest), None),
        marks=[(scale.across(date.fromisoformat(entry["day"])), entry) for entry in told if entry["day"] >= f"{first}"],
        who=list(shares(weeks, week, scale)),
        week=week,
    )


def answered(weeks: Sequence[dict]) -> Iterator[dict]:
    """From the first week on in which somebody was answered."""
    begun = False
    for week in weeks:
        begun = begun or bool(week["answers"])
        if begun:
            yield week


def over(week: dict, limit: float) -> bool:
    return bool(week["ratio"]) and week["ratio"] > limit


def runs(weeks: Sequence[dict], name: str, scale: Scale) -> Iterator[str]:
    """The points of a line, broken where a week has no number."""
    run: list[str] = []
    for week in [*weeks, {name: None}]:
        if week[name] is not None:
            run.append(f"{scale.middle(week) * WIDE / 100:.1f},{scale.minutes(week[name])}")
        elif run:
            yield " ".join(run)
            run = []


def bar(week: dict, wide: float, scale: Scale, limit: float) -> tuple[float, float, float, float, bool]:
    """How often the model erred as much as the median: a bar that stands on 1, or hangs from it."""
    ends = sorted([scale.times(week["ratio"]), scale.times(1)])
    return round(scale.middle(week) - wide * 0.36, 2), ends[0], round(wide * 0.72, 2), max(ends[1] - ends[0], 1), over(week, limit)


def months(first: date, weeks: int) -> Iterator[date]:
    for number in range(math.ceil(weeks * 7 / 28) + 1):
        month = first.month + number
        day = date(first.year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
        if first <= day < first + weeks * A_WEEK:
            yield day


def shares(weeks: Sequence[dict], wide: float, scale: Scale) -> Iterator[tuple[float, float, str, int, bool]]:
    """Each week's width is divided among the versions that answered in it; a version is named where it first has most."""
    named: set[str] = set()
    for week in weeks:
        at, total = scale.across(date.fromisoformat(week["first"])), sum(week["versions"].values()) or 1
        for version, count in sorted(week["versions"].items(), key=lambda item: int(item[0])):
            most = count > total / 2 and version not in named
            named |= {version} if most else set()
            yield round(at, 2), round(wide * count / total, 2), version, int(version) % 3, most
            at += wide * count / total
