"""Broken weeks in words: how many, how soon anybody noticed, and what the gates turned away."""

from typing import Any

from ladder.report.series import Report
from ladder.report.wording import count
from ladder.report.wording import listing
from ladder.report.wording import name

Row = dict[str, Any]


def weeks_over(report: Report, levels: list[Row]) -> str:
    """The highest and the lowest level, and whichever had the fewest."""
    known, threshold = [row for row in levels if row["weeks_over"] is not None], report.get("threshold_mae")
    if threshold is None or not known:
        return ""
    fewest = min(reversed(known), key=lambda row: row["weeks_over"])
    told = {row["level"]: row for row in (known[-1], known[0], fewest)}
    total = len({row["week"] for row in report["weekly"]})
    counts = listing(f"{row['weeks_over']} at {name(row)}" for row in told.values())
    return f"Of {total} weeks, {counts} were above the threshold of {threshold:.1f} minutes."


def noticing(levels: list[Row]) -> str:
    """How long the first breach went unnoticed: the highest level, the slowest, and where nobody ever did."""
    seen = [row for row in levels if row["days_to_detect"] is not None]
    unseen = [row for row in levels if row["days_to_detect"] is None and row["weeks_over"]]
    parts = []
    if seen:
        slowest = max(seen, key=lambda row: row["days_to_detect"])
        told = {row["level"]: row for row in (seen[-1], slowest)}
        waits = listing(f"{count(row['days_to_detect'], 'day')} at {name(row)}{mended(row)}" for row in told.values())
        parts.append(f"the first breach was noticed after {waits}")
    if unseen:
        blind = listing(f"{name(row)}{mended(row)}" for row in unseen)
        parts.append(f"at {blind} nobody noticed{'' if seen else ' the first breach'}")
    words = "; ".join(parts)
    return f"{words[0].upper()}{words[1:]}." if words else ""


def mended(row: Row) -> str:
    return "" if row["days_to_recover"] is None else f" (mended after {row['days_to_recover']:g})"


def refusals(levels: list[Row]) -> str:
    total = sum(row["refused"] or 0 for row in levels)
    if not total:
        return ""
    return f"The gates refused {total} release{'s' if total > 1 else ''}: a gate doing its work."
