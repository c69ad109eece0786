"""The series of the report, each with its own name, colour, dash and marker."""

from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from typing import Any

Report = dict[str, Any]
WEEK = timedelta(days=7)
NONE = "<span class='none'>–</span>"  # in a table


@dataclass(frozen=True)
class Series:
    """One line of the chart; `key` is what the report's `weekly` rows call it."""

    key: int | str
    name: str
    epithet: str
    by_hand: str
    dash: str
    width: float
    marker: str

    @property
    def slug(self) -> str:
        return (
            f"l{self.key}" if isinstance(self.key, int) else self.key.removeprefix("route_median_")
        )


SERIES = (
    Series(
        "route_median_frozen",
        "Route median",
        "frozen in February",
        "no model: one number a route, computed once",
        "1 4.5",
        2.0,
        "cross",
    ),
    Series(
        "route_median_rolling",
        "Route median",
        "refreshed daily",
        "no model: one number a route, recomputed daily",
        "1 4.5",
        2.6,
        "plus",
    ),
    Series(
        0,
        "Level 0",
        "by hand",
        "a notebook, and a file handed over",
        "none",
        2.4,
        "circle",
    ),
    Series(
        1,
        "Level 1",
        "DevOps",
        "the application releases itself; the model is still a file handed over",
        "10 3",
        1.9,
        "square",
    ),
    Series(
        2,
        "Level 2",
        "automated training",
        "training runs itself; a person names the version to release",
        "4 2.6",
        1.9,
        "diamond",
    ),
    Series(
        3,
        "Level 3",
        "automated deployment",
        "the release runs itself; a person nods",
        "11 3 2 3",
        2.0,
        "triangle",
    ),
    Series(
        4,
        "Level 4",
        "full MLOps",
        "production measures itself, retrains and releases; no one in the loop",
        "none",
        3.2,
        "ring",
    ),
)
BY_KEY = {series.key: series for series in SERIES}


def present(report: Report) -> list[Series]:
    """The series that have at least one number to draw, baselines first, Level 4 last."""
    keys = {row["level"] for row in report["weekly"] if row["mae"] is not None}
    return [series for series in SERIES if series.key in keys]


def weeks(report: Report) -> list[date]:
    """The first day of every weekly window, in order."""
    return sorted({date.fromisoformat(row["week"]) for row in report["weekly"]})


def weekly_mae(report: Report, key: int | str) -> dict[date, float]:
    """Mean absolute error in minutes by week, without the weeks that have none."""
    return {
        date.fromisoformat(row["week"]): row["mae"]
        for row in sorted(report["weekly"], key=lambda row: row["week"])
        if row["level"] == key and row["mae"] is not None
    }


def last_day(report: Report) -> date | None:
    """The last day replayed: as the report says, or else the end of its last window."""
    if report.get("until"):
        return date.fromisoformat(report["until"])
    starts = weeks(report)
    return starts[-1] + WEEK - timedelta(days=1) if starts else None


def day_text(day: date) -> str:
    """A date as text: 3 June 2013."""
    return f"{day.day} {day:%B %Y}"
