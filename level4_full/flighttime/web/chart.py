"""Recent flights of a route as a picture: where each dot, line and number goes.

Across, places are per cent of the width, so that the picture fits a phone and a screen with letters of
one size; down, they are pixels.
"""

import math
from dataclasses import dataclass
from datetime import date
from datetime import timedelta

import pandas as pd

from flighttime.features import TARGET

HEIGHT = 280
TOP = 16
BOTTOM = 250
LEFT = 14
RIGHT = 99
STEPS = [5, 10, 15, 20, 30, 60, 120]
MOST_LINES = 6
DAYS_APART = 4


@dataclass(frozen=True)
class Chart:
    """`line` is what the model says for the flight asked about, `band` what eight in ten flights would make of it."""

    dots: list[tuple[float, float, bool]]
    levels: list[tuple[float, int]]
    days: list[tuple[float, date]]
    line: float
    band: tuple[float, float] | None
    height: int = HEIGHT
    left: int = LEFT
    right: int = RIGHT
    top: int = TOP
    bottom: int = BOTTOM


def draw(
    route: pd.DataFrame,
    days: list[date],
    carrier: str,
    minutes: float,
    band: tuple[float, float] | None,
) -> Chart:
    """One dot a flight of `route`, true for those of `carrier`; levels and band are in minutes."""
    levels = level_minutes([*route[TARGET], minutes, *(band or ())])
    flights = zip(route["date"].dt.date, route["sched_dep_min"], route[TARGET], route["carrier"], strict=True)
    return Chart(
        dots=[(across(day, days, clock), down(took, levels), who == carrier) for day, clock, took, who in flights],
        levels=[(down(level, levels), level) for level in levels],
        days=[(across(day, days, 12 * 60), day) for day in days[1::DAYS_APART]],
        line=down(minutes, levels),
        band=band and (down(band[1], levels), down(band[0], levels)),
    )


def level_minutes(values: list[float]) -> list[int]:
    """Round minutes, evenly apart, that hold all the values between them."""
    for step in STEPS:
        first = math.floor(min(values) / step)
        last = max(math.ceil(max(values) / step), first + 1)
        if last - first < MOST_LINES or step == STEPS[-1]:
            return [step * number for number in range(first, last + 1)]


def down(minutes: float, levels: list[int]) -> float:
    return round(BOTTOM - (minutes - levels[0]) / (levels[-1] - levels[0]) * (BOTTOM - TOP), 1)


def across(day: date, days: list[date], clock: float) -> float:
    """Each flight stands in its day where its departure is."""
    place = ((day - days[0]) / timedelta(days=1) + clock / (24 * 60)) / len(days)
    return round(LEFT + place * (RIGHT - LEFT), 2)
