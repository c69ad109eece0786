"""Sentences on the results of the year, made by rules, so that they always fit the numbers."""

from typing import Any

from ladder.report.alarms import noticing
from ladder.report.alarms import refusals
from ladder.report.alarms import weeks_over
from ladder.report.medians import against_median
from ladder.report.seasons import old_model_better
from ladder.report.seasons import summer
from ladder.report.series import Report
from ladder.report.series import weeks
from ladder.report.steps import steps
from ladder.report.wording import TIE
from ladder.report.wording import Finding
from ladder.report.wording import care
from ladder.report.wording import joined
from ladder.report.wording import minutes
from ladder.report.wording import name
from ladder.report.wording import pair

Row = dict[str, Any]


def sentences(report: Report) -> list[str]:
    """The findings as plain text."""
    return [joined(finding.lead, finding.detail) for finding in findings(report)]


def findings(report: Report) -> list[Finding]:
    """About four: the gain, the step with most of it, the fresh median, the worst week."""
    levels = sorted(report["levels"], key=lambda row: row["level"])
    levels = [row for row in levels if row["mae"] is not None]
    if not levels:
        return [Finding("No level made a prediction in this replay.")]
    found = [
        bought(report, levels),
        steps(levels),
        against_median(report, levels),
        worst_week(report, levels),
    ]
    return [finding for finding in found if finding]


def bought(report: Report, levels: list[Row]) -> Finding:
    """The lowest level against the highest, over the whole replay and in summer."""
    low, high = levels[0], levels[-1]
    missed = "missed a flight's time in the air by"
    if low is high:
        return Finding(
            f"{name(low)} {missed} {low['mae']:.1f} minutes on average.",
            summer(report, low),
        )
    between = f"minutes on average; {name(high)}, {care(high)}, by"
    errors = pair(low["mae"], high["mae"], between)
    means = f"{name(low)}, {care(low)}, {missed} {errors}."
    return Finding(
        verdict(low, high),
        joined(means, summer(report, low, high), old_model_better(report, low, high)),
    )


def verdict(low: Row, high: Row) -> str:
    gain = low["mae"] - high["mae"]
    if gain > TIE:
        cut = f"{gain / low['mae']:.0%}"
        return f"{name(high)} cuts {name(low)}'s error by {cut}: {minutes(gain)} a flight."
    if gain < -TIE:
        return f"{name(high)} is further off than {name(low)}, by {minutes(-gain)} a flight."
    return f"{name(high)} bought no accuracy over {name(low)}: the two are within {TIE} minutes."


def worst_week(report: Report, levels: list[Row]) -> Finding | None:
    """What the mean hides: the worst week, the weeks over the threshold, the days to act."""
    rows = [row for row in levels if row["worst_week_mae"] is not None]
    if not rows or len(weeks(report)) < 2:
        return None
    *lower, high = rows
    detail = joined(weeks_over(report, levels), noticing(levels), refusals(levels))
    if not lower:
        return Finding(
            f"{name(high)}'s worst week was off by {high['worst_week_mae']:.1f} minutes.", detail
        )
    best = min(lower, key=lambda row: row["worst_week_mae"])
    numbers = pair(high["worst_week_mae"], best["worst_week_mae"], "minutes against")
    if high["worst_week_mae"] < best["worst_week_mae"] - TIE:
        return Finding(
            f"{name(high)}'s worst week is milder than any lower level's: "
            f"{numbers} at {name(best)}.",
            detail,
        )
    why = (
        "An average can improve while the worst week stays: a metric is read when the week is over."
    )
    return Finding(
        f"{name(high)}'s worst week is no better than {name(best)}'s: {numbers}.",
        joined(why, detail),
    )
