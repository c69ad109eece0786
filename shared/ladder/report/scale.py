"""Map weeks and errors to pixels, for a desk, a tablet and a phone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from datetime import timedelta

from ladder.look.svg import element
from ladder.look.svg import text
from ladder.report.series import WEEK
from ladder.report.series import Report
from ladder.report.series import last_day
from ladder.report.series import weeks

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Layout:
    """The sizes of one layout in pixels; `labels` says whether lines have their names."""

    name: str
    width: int
    height: int
    left: int
    right: int
    top: int
    lane: int
    labels: bool
    font: int


WIDE = Layout("wide", 1120, 430, 58, 250, 26, 22, True, 13)
MEDIUM = Layout("medium", 680, 360, 56, 14, 26, 21, False, 13)
NARROW = Layout("narrow", 380, 300, 28, 10, 24, 19, False, 12)
LAYOUTS = (WIDE, MEDIUM, NARROW)


@dataclass(frozen=True)
class Frame:
    """A layout with the report's own dates and errors mapped onto it."""

    layout: Layout
    first: date
    end: date
    top_mae: float

    @property
    def right(self) -> float:
        return float(self.layout.width - self.layout.right)

    @property
    def floor(self) -> float:
        return float(self.layout.top + self.layout.height)

    def x(self, day: date, plus: float = 0.0) -> float:
        """Where a day begins, or `plus` days later; never outside the frame."""
        share = ((day - self.first).days + plus) / (self.end - self.first).days
        return self.layout.left + min(max(share, 0.0), 1.0) * (self.right - self.layout.left)

    def middle(self, week: date) -> float:
        """The middle of a week, also of one cut short by the end of the replay."""
        return self.x(week, min(7, (self.end - week).days) / 2)

    def y(self, mae: float) -> float:
        return self.floor - mae / self.top_mae * self.layout.height


def frame_for(report: Report, layout: Layout) -> Frame:
    """Time from the first window to the last day, and error from zero."""
    starts = weeks(report) or [date(2013, 3, 1)]
    end = min(max((last_day(report) or starts[-1]), starts[-1]) + DAY, starts[-1] + WEEK)
    values = [row["mae"] for row in report["weekly"] if row["mae"] is not None]
    top = max([*values, report.get("threshold_mae") or 0.0, 1.0]) * 1.08
    return Frame(layout, starts[0], end, top)


def grid(frame: Frame) -> Iterator[str]:
    """Horizontal rules with their minutes; the unit stands once, at the top."""
    step = next(
        step for step in (1, 2, 5, 10, 20, 50, 100, 500, 10**6) if frame.top_mae / step <= 6
    )
    ticks = range(0, int(frame.top_mae) + 1, step)
    for tick in ticks:
        y = frame.y(tick)
        yield element(
            "line",
            class_="axis" if tick == 0 else "rule",
            x1=frame.layout.left,
            x2=frame.right,
            y1=y,
            y2=y,
        )
        yield text(str(tick), frame.layout.left - 9, y + 4.5, class_="soft", text_anchor="end")
    yield text("minutes off", 0, frame.y(ticks[-1]) - 12, class_="soft")


def time_axis(frame: Frame) -> Iterator[str]:
    """Months, or the weeks themselves where there are only a few."""
    days = (frame.end - frame.first).days
    marks = (
        month_starts(frame)
        if days > 70
        else [frame.first + WEEK * n for n in range((days + 6) // 7)]
    )
    room = (frame.right - frame.layout.left) / max(days, 1)
    for day in marks:
        x = frame.x(day)
        yield element("line", class_="axis", x1=x, x2=x, y1=frame.floor, y2=frame.floor + 6)
        long = f"{day:%b}" if days > 70 else f"{day.day} {day:%b}"
        span = room * (30 if days > 70 else 7)
        if span > 7.5 * len(long):
            yield text(long, x + 5, frame.floor + 17, class_="soft")
        elif days > 70 or (day - frame.first).days % 14 == 0:
            yield text(long[:1] if days > 70 else long, x + 3, frame.floor + 17, class_="soft")


def month_starts(frame: Frame) -> list[date]:
    count = (frame.end - frame.first).days
    return [day for day in (frame.first + DAY * n for n in range(count)) if day.day == 1]
