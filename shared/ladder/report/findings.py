"""What the year showed, put into words by rules, so that the words can never flatter the numbers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ladder.report.series import Report
from ladder.report.series import weekly_mae

TIE = 0.1
WINTER = {"November", "December", "January", "February", "March"}


@dataclass(frozen=True)
class Finding:
    """A sentence that can stand alone, and what belongs beside it."""

    lead: str
    detail: str = ""


def sentences(report: Report) -> list[str]:
    """The findings as plain text."""
    return [f"{finding.lead} {finding.detail}".strip() for finding in findings(report)]


def findings(report: Report) -> list[Finding]:
    """About four: what the ladder bought, which step bought it, the fresh median, the worst week."""
    levels = sorted(report["levels"], key=lambda row: row["level"])
    levels = [row for row in levels if row["mae"] is not None]
    if not levels:
        return [Finding("No level made a prediction in this replay.")]
    found = [bought(report, levels), steps(levels), against_median(report, levels), worst_week(report, levels)]
    return [finding for finding in found if finding]


def bought(report: Report, levels: list[dict[str, Any]]) -> Finding:
    """The lowest level against the highest, the whole replay and the summer."""
    low, high = levels[0], levels[-1]
    if low is high:
        return Finding(f"{name(low)} missed a flight's time in the air by {low['mae']:.1f} minutes on average.",
                       summer_alone(low))
    gain = low["mae"] - high["mae"]
    means = f"{name(low)}, {care(low)}, missed a flight's time in the air by {pair(low['mae'], high['mae'], 'minutes on average; ' + name(high) + ' by')}."
    if gain > TIE:
        lead = f"{name(high)} is closer by {gain:.1f} minutes a flight than {name(low)}: {gain / low['mae']:.0%} less error."
    elif gain < -TIE:
        lead = f"{name(high)} is further off than {name(low)}, by {-gain:.1f} minutes a flight."
    else:
        lead = f"{name(high)} bought no accuracy over {name(low)}: the two are within {TIE} minutes."
    return Finding(lead, " ".join(filter(None, [means, summer(low, high), old_model_better(report, low, high)])))


def summer_alone(row: dict[str, Any]) -> str:
    return "" if row["mae_jun_sep"] is None else f"In June to September it was {row['mae_jun_sep']:.1f}."


def summer(low: dict[str, Any], high: dict[str, Any]) -> str:
    """The season that the winter's model had never seen."""
    if low["mae_jun_sep"] is None or high["mae_jun_sep"] is None:
        return ""
    return f"In June to September it was {pair(low['mae_jun_sep'], high['mae_jun_sep'], 'against')}."


def old_model_better(report: Report, low: dict[str, Any], high: dict[str, Any]) -> str:
    """The weeks that speak against the higher level, and whether the season explains them."""
    lower, higher = weekly_mae(report, low["level"]), weekly_mae(report, high["level"])
    shared = [week for week in lower if week in higher]
    lost = [week for week in shared if lower[week] < higher[week]]
    if not lost:
        return ""
    months = Counter(f"{week:%B}" for week in lost)
    where = listing(month for month, _ in months.most_common(2))
    winter = sum(count for month, count in months.items() if month in WINTER) > len(lost) / 2
    reason = ("winter is what the first model had learned, and one year cannot tell a season from a lasting change"
              if winter else "newer is not always better")
    often = "all" if len(lost) <= 2 or len(months) <= 2 else "mostly"
    return f"Yet in {len(lost)} of {len(shared)} weeks, {often} in {where}, {name(low)} was the better one: {reason}."


def steps(levels: list[dict[str, Any]]) -> Finding | None:
    """Which step bought the minutes, and where the ladder buys something else."""
    if len(levels) < 2:
        return None
    high, rivals = levels[-1], [row for row in levels[:-1] if row["mae"] <= levels[-1]["mae"] + TIE]
    largest = largest_step(levels) if len(levels) > 2 else ""
    if rivals:
        return Finding(rivalry(rivals, high), f"{largest} {hands(levels)}".strip())
    alone = f"No lower level came within {TIE} minutes of {name(high)}."
    return Finding(largest or alone, f"{alone if largest else ''} {hands(levels)}".strip())


def rivalry(rivals: list[dict[str, Any]], high: dict[str, Any]) -> str:
    """The lower level that did best, if it did as well as the highest."""
    best = min(rivals, key=lambda row: row["mae"])
    gap = high["mae"] - best["mae"]
    numbers = pair(best["mae"], high["mae"], "minutes against")
    if gap > TIE:
        return f"{name(best)} did better than {name(high)}: {numbers}."
    return f"{listing(map(name, rivals))} {'ties' if len(rivals) == 1 else 'tie'} with {name(high)} on accuracy: {numbers}."


def largest_step(levels: list[dict[str, Any]]) -> str:
    """Every step in minutes, the largest first."""
    gains = {(low["level"], high["level"]): low["mae"] - high["mae"] for low, high in zip(levels, levels[1:])}
    (low, high), gain = max(gains.items(), key=lambda item: item[1])
    if gain <= TIE:
        return f"No single step bought more than {TIE} minutes."
    others = [step_text(*pair_, value) for pair_, value in gains.items() if pair_ != (low, high)]
    return f"The largest step is from Level {low} to Level {high}, {gain:.1f} minutes; {listing(others)}."


def step_text(low: int, high: int, gain: float) -> str:
    if abs(gain) <= TIE:
        return f"{low} to {high} changed less than {TIE}"
    return f"{low} to {high} {'bought' if gain > 0 else 'cost'} {abs(gain):.1f}"


def hands(levels: list[dict[str, Any]]) -> str:
    """What a release asks of people, at the lowest and the highest level that made one."""
    known = [row for row in levels if row["manual_steps_per_release"] is not None]
    if len(known) < 2:
        return ""
    low, high = known[0], known[-1]
    before, after = low["manual_steps_per_release"], high["manual_steps_per_release"]
    if after >= before:
        return f"A release takes people {before:g} steps at {name(low)} and {after:g} at {name(high)}: no work was saved."
    return f"What the upper steps buy is work: a release takes people {before:g} steps at {name(low)}, {after:g} at {name(high)}."


def against_median(report: Report, levels: list[dict[str, Any]]) -> Finding | None:
    """The highest level against one fresh number a route: the comparison that keeps a model honest."""
    rolling = report["baselines"].get("route_median_rolling", {}).get("mae")
    if rolling is None:
        return None
    high = levels[-1]
    gap = high["mae"] - rolling
    numbers = pair(rolling, high["mae"], f"minutes, {name(high)}")
    what = f"Each route's median time of the last weeks, recomputed every day, is off by {numbers}"
    if gap > TIE:
        lead = f"A plain route median, kept fresh, beats {name(high)} by {decimals(gap)} minutes."
        detail = f"{what}: freshness beats sophistication, and part of it is yesterday's wind, which no weekly check can know."
    elif gap < -TIE:
        lead = f"{name(high)} beats a plain route median, kept fresh, by {decimals(-gap)} minutes."
        detail = f"{what}: that difference is what the model itself is worth."
    else:
        lead = f"A plain route median, kept fresh, ties with {name(high)}."
        detail = f"{what}: the loop bought freshness, and freshness is most of what there was to buy."
    return Finding(lead, f"{detail} {age_or_method(report, levels[0], rolling)}".strip())


def age_or_method(report: Report, low: dict[str, Any], rolling: float) -> str:
    """Whether a number's age or the way it is computed made the larger difference."""
    frozen = report["baselines"].get("route_median_frozen", {}).get("mae")
    if frozen is None or low["releases"]:
        return ""
    age, method = frozen - rolling, frozen - low["mae"]
    if age > abs(method):
        return (f"Left in February the same median is off by {frozen:.1f}, near {name(low)}'s {low['mae']:.1f}: "
                f"age costs more than the choice of method.")
    return f"Left in February the same median is off by {frozen:.1f}, {name(low)} by {low['mae']:.1f}."


def worst_week(report: Report, levels: list[dict[str, Any]]) -> Finding | None:
    """What the average hides: the worst week, the weeks over the threshold, and the days until somebody acted."""
    high = levels[-1]
    detail = " ".join(filter(None, [weeks_over(report, levels), noticing(levels), refusals(levels)]))
    known = [row for row in levels[:-1] if row["worst_week_mae"] is not None]
    if high["worst_week_mae"] is None:
        return Finding(detail) if detail else None
    if not known:
        return Finding(f"{name(high)}'s worst week was off by {high['worst_week_mae']:.1f} minutes.", detail)
    best = min(known, key=lambda row: row["worst_week_mae"])
    numbers = pair(high["worst_week_mae"], best["worst_week_mae"], "minutes against")
    if high["worst_week_mae"] > best["worst_week_mae"] - TIE:
        lead = f"{name(high)}'s worst week is no better than {name(best)}'s: {numbers}."
        return Finding(lead, f"An average can improve while the worst week stays: a metric is read after the week is over. {detail}".strip())
    return Finding(f"{name(high)}'s worst week is milder than that of any lower level: {numbers} at {name(best)}.", detail)


def weeks_over(report: Report, levels: list[dict[str, Any]]) -> str:
    threshold, total = report.get("threshold_mae"), len({row["week"] for row in report["weekly"]})
    counts = [f"{name(row)} {row['weeks_over']}" for row in levels if row["weeks_over"] is not None]
    if threshold is None or not counts:
        return ""
    return f"Weeks above the threshold of {threshold:.1f} minutes, of {total}: {listing(counts)}."


def noticing(levels: list[dict[str, Any]]) -> str:
    """How long the first breach went unnoticed, where anybody noticed at all."""
    seen = [row for row in levels if row["days_to_detect"] is not None]
    unseen = [row for row in levels if row["days_to_detect"] is None and row["weeks_over"]]
    parts = [f"{days(row['days_to_detect'])} at {name(row)}{recovery(row)}" for row in seen]
    text = f"The first breach was noticed after {listing(parts)}" if parts else ""
    if unseen:
        blind = f"at {listing(map(name, unseen))} nobody noticed"
        text = f"{text}; {blind}" if text else f"The breach: {blind}"
    return f"{text}." if text else ""


def recovery(row: dict[str, Any]) -> str:
    return "" if row["days_to_recover"] is None else f" (mended after {row['days_to_recover']:g})"


def refusals(levels: list[dict[str, Any]]) -> str:
    total = sum(row["refused"] or 0 for row in levels)
    if not total:
        return ""
    return f"The gates refused {total} release{'s' if total > 1 else ''}, which is a gate doing its work."


def care(row: dict[str, Any]) -> str:
    """How often anybody came back to the model."""
    if not row["releases"]:
        return "its model untouched since February"
    return f"refreshed {'once' if row['releases'] == 1 else str(row['releases']) + ' times'}"


def name(row: dict[str, Any]) -> str:
    return f"Level {row['level']}"


def days(count: float) -> str:
    return f"{count:g} day{'' if count == 1 else 's'}"


def pair(first: float, second: float, between: str) -> str:
    """Two numbers with as many decimals as it takes to tell them apart."""
    digits = 1 if abs(first - second) >= 1 else 2
    return f"{first:.{digits}f} {between} {second:.{digits}f}"


def decimals(gap: float) -> str:
    return f"{gap:.1f}" if gap >= 1 else f"{gap:.2f}"


def listing(parts: Iterable[str]) -> str:
    """a, b and c."""
    *rest, last = list(parts)
    return f"{', '.join(rest)} and {last}" if rest else last
