"""Sentences on weeks over the threshold: how many, when they were noticed, what gates refused."""

from typing import Any

from ladder.report.series import Report
from ladder.report.wording import count
from ladder.report.wording import listing
from ladder.report.wording import name

Row = dict[str, Any]


def weeks_over(report: Report, levels: list[Row]) -> str:
    """The weeks over the threshold of the highest and the lowest level, and of the best one."""
    rows = [row for row in levels if row["weeks_over"] is not None]
    threshold = report.get("threshold_mae")
    if threshold is None or not rows:
        return ""
    fewest = min(reversed(rows), key=lambda row: row["weeks_over"])
    chosen = {row["level"]: row for row in (rows[-1], rows[0], fewest)}
    total = len({row["week"] for row in report["weekly"]})
    counts = listing(f"{row['weeks_over']} at {name(row)}" for row in chosen.values())
    return f"Of {total} weeks, {counts} were above the threshold of {threshold:.1f} minutes."


def noticing(levels: list[Row]) -> str:
    """When the first breach was noticed: at the highest level, the slowest, and where never."""
    noticed = [row for row in levels if row["days_to_detect"] is not None]
    unnoticed = [row for row in levels if row["days_to_detect"] is None and row["weeks_over"]]
    parts = []
    if noticed:
        slowest = max(noticed, key=lambda row: row["days_to_detect"])
        chosen = {row["level"]: row for row in (noticed[-1], slowest)}
        waits = listing(
            f"{count(row['days_to_detect'], 'day')} at {name(row)}{mended(row)}"
            for row in chosen.values()
        )
        parts.append(f"the first breach was noticed after {waits}")
    if unnoticed:
        blind = listing(f"{name(row)}{mended(row)}" for row in unnoticed)
        parts.append(f"at {blind} no one noticed{'' if noticed else ' the first breach'}")
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""


def mended(row: Row) -> str:
    return "" if row["days_to_recover"] is None else f" (mended after {row['days_to_recover']:g})"


def refusals(levels: list[Row]) -> str:
    total = sum(row["refused"] or 0 for row in levels)
    if not total:
        return ""
    return f"The gates refused {total} release{'s' if total > 1 else ''}: a gate doing its work."
