"""From days, minutes and ratios to positions in the chart of weeks."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from datetime import timedelta

# The first and the last pixel of the two diagrams, from the top.
ERROR = (48, 230)
RATIO = (256, 332)
A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Scale:
    """`weeks` from `first` on, errors from 0 to `max_minutes`, ratios between the two `ratios`."""

    first: date
    weeks: int
    max_minutes: int
    ratios: tuple[float, float]

    @property
    def week(self) -> float:
        """The width of a week."""
        return round(100 / self.weeks, 2)

    def position(self, day: date) -> float:
        share = (day - self.first) / A_WEEK / self.weeks
        return round(min(max(share, 0), 1) * 100, 2)

    def middle(self, week: dict) -> float:
        return self.position(first_day(week) + A_WEEK / 2)

    def minutes(self, value: float) -> float:
        top, bottom = ERROR
        return round(bottom - value / self.max_minutes * (bottom - top), 1)

    def ratio(self, value: float) -> float:
        (low, high), (top, bottom) = self.ratios, RATIO
        share = (min(max(value, low), high) - low) / (high - low)
        return round(bottom - share * (bottom - top), 1)

    def months(self) -> Iterator[date]:
        """The first day of each month that begins in these weeks."""
        for number in range(math.ceil(self.weeks * 7 / 28) + 1):
            month = self.first.month - 1 + number
            day = date(self.first.year + month // 12, month % 12 + 1, 1)
            if self.first <= day < self.first + self.weeks * A_WEEK:
                yield day


def first_day(week: dict) -> date:
    return date.fromisoformat(week["first"])
