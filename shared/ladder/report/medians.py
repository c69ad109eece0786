"""The levels against the fresh median of each route, the baseline that a model must beat."""

from typing import Any

from ladder.report.series import Report
from ladder.report.wording import TIE
from ladder.report.wording import Finding
from ladder.report.wording import joined
from ladder.report.wording import minutes
from ladder.report.wording import name
from ladder.report.wording import pair

Row = dict[str, Any]


def against_median(report: Report, levels: list[Row]) -> Finding | None:
    """The highest level against the median that is recomputed every day."""
    rolling, high = report["baselines"].get("route_median_rolling", {}).get("mae"), levels[-1]
    if rolling is None:
        return None
    gap = high["mae"] - rolling
    errors = pair(rolling, high["mae"], f"minutes, {name(high)} by")
    what = f"Each route's median of recent weeks, recomputed daily, is off by {errors}"
    if gap > TIE:
        lead = f"A plain route median, kept fresh, beats {name(high)} by {minutes(gap)}."
        means = (
            "freshness beats sophistication, and part of it is yesterday's wind, "
            "which a slower loop cannot know"
        )
    elif gap < -TIE:
        lead = f"{name(high)} beats a plain route median, kept fresh, by {minutes(-gap)}."
        means = "that difference is what the model itself is worth"
    else:
        lead = f"A plain route median, kept fresh, ties with {name(high)}."
        means = "freshness is most of what there was to buy"
    return Finding(lead, joined(f"{what}: {means}.", age_or_method(report, levels[0], rolling)))


def age_or_method(report: Report, low: Row, rolling: float) -> str:
    """Whether a number's age or the way it is computed made the larger difference."""
    frozen = report["baselines"].get("route_median_frozen", {}).get("mae")
    if frozen is None or low["releases"]:
        return ""
    errors = pair(frozen, low["mae"], f"minutes, {name(low)} by")
    numbers = f"Left as it was in February, the same median is off by {errors}"
    if frozen - rolling > abs(frozen - low["mae"]) + TIE:
        return f"{numbers}: age costs more than the choice of method."
    return f"{numbers}."
