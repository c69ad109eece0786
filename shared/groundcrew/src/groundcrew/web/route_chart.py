"""Recent flights of a route as a chart: the position of each dot, line and label.

Horizontal positions are per cent of the width, so that the chart fits every screen with letters of
one size; vertical positions are pixels.
"""

import math
from dataclasses import dataclass
from datetime import date
from datetime import timedelta

import pandas as pd

from groundcrew.web.route_history import TARGET

HEIGHT = 280
TOP = 16
BOTTOM = 250
LEFT = 14
RIGHT = 99
STEPS = [5, 10, 15, 20, 30, 60, 120]
MAX_LEVELS = 6
DAYS_BETWEEN_LABELS = 4


@dataclass(frozen=True)
class Chart:
    """`line` marks the prediction, `band` its likely range; a dot is (x, y, same carrier)."""

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
    """The chart of the flights in `route`; `minutes` is the prediction, `band` its range."""
    levels = level_minutes([*route[TARGET], minutes, *(band or ())])
    columns = (route["date"].dt.date, route["sched_dep_min"], route[TARGET], route["carrier"])
    return Chart(
        dots=[
            (x_position(day, days, departure), y_position(air_time, levels), code == carrier)
            for day, departure, air_time, code in zip(*columns, strict=True)
        ],
        levels=[(y_position(level, levels), level) for level in levels],
        days=[(x_position(day, days, 12 * 60), day) for day in days[1::DAYS_BETWEEN_LABELS]],
        line=y_position(minutes, levels),
        band=band and (y_position(band[1], levels), y_position(band[0], levels)),
    )


def level_minutes(values: list[float]) -> list[int]:
    """Round minutes at equal distances that enclose all the values."""

    def numbers(step: int) -> range:
        first = math.floor(min(values) / step)
        return range(first, max(math.ceil(max(values) / step), first + 1) + 1)

    step = next((step for step in STEPS if len(numbers(step)) <= MAX_LEVELS), STEPS[-1])
    return [step * number for number in numbers(step)]


def y_position(minutes: float, levels: list[int]) -> float:
    share = (minutes - levels[0]) / (levels[-1] - levels[0])
    return round(BOTTOM - share * (BOTTOM - TOP), 1)


def x_position(day: date, days: list[date], departure: float) -> float:
    """Within its day, a flight is where its departure (minutes after midnight) is."""
    share = ((day - days[0]) / timedelta(days=1) + departure / (24 * 60)) / len(days)
    return round(LEFT + share * (RIGHT - LEFT), 2)
