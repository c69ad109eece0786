"""Sentences on the seasons: a winter's model is worst in summer, and better in winter again."""

from collections import Counter
from datetime import date
from typing import Any

from ladder.report.series import Report
from ladder.report.series import last_day
from ladder.report.series import weekly_mae
from ladder.report.wording import TIE
from ladder.report.wording import listing
from ladder.report.wording import name
from ladder.report.wording import pair

WINTER = {"November", "December", "January", "February", "March"}


def summer(report: Report, *rows: dict[str, Any]) -> str:
    """June to September, when the jet stream is weakest and a winter's model is worst."""
    values, end = [row["mae_jun_sep"] for row in rows], last_day(report)
    if None in values:
        return ""
    when = "From June on" if end and end < date(end.year, 9, 30) else "From June to September"
    if len(values) == 1:
        return f"{when} it was {values[0]:.1f}."
    low, high = values
    return f"{when} it was {pair(low, high, 'against')}."


def old_model_better(report: Report, low: dict[str, Any], high: dict[str, Any]) -> str:
    """The weeks that speak against the higher level, and whether the season explains them."""
    lower, higher = weekly_mae(report, low["level"]), weekly_mae(report, high["level"])
    shared = [week for week in lower if week in higher]
    lost = [week for week in shared if lower[week] < higher[week] - TIE]
    if not lost:
        return ""
    months = Counter(f"{week:%B}" for week in lost)
    often = "" if len(months) <= 2 else "mostly "
    where = listing(month for month, _ in months.most_common(2))
    return (
        f"Yet in {len(lost)} of {len(shared)} weeks, {often}in {where}, "
        f"{name(low)} was the better one: {reason(months, low)}."
    )


def reason(months: Counter[str], low: dict[str, Any]) -> str:
    in_winter = sum(count for month, count in months.items() if month in WINTER)
    if in_winter * 2 > months.total() and not low["releases"]:
        return (
            "its model had learned winter, and one year cannot tell a season from a lasting change"
        )
    return "newer is not always better"
