"""The table that a run prints at its end, in ASCII, which every terminal can show."""

from typing import Any

from ladder.look import terminal as look
from ladder.report.series import BY_KEY
from ladder.report.series import Report

COLUMNS = (
    ("whole", "replay", "mae", 2),
    ("June-", "Sept", "mae_jun_sep", 2),
    ("worst", "week", "worst_week_mae", 2),
    ("weeks", "over", "weeks_over", 0),
    ("re-", "leases", "releases", 0),
    ("re-", "fused", "refused", 0),
    ("model", "age,d", "mean_model_age_days", 0),
    ("days:", "notice", "days_to_detect", 0),
    ("days:", "mended", "days_to_recover", 0),
    ("hand", "steps", "manual_steps_per_release", 1),
)
FIRST = 23


def print_table(report: Report) -> str:
    """Levels and baselines against the measures, ready to print."""
    lines = [
        line("error in minutes per", [top for top, *_ in COLUMNS]),
        line("flight, mean absolute", [bottom for _, bottom, *_ in COLUMNS]),
    ]
    rule = "-" * len(lines[0])
    levels = [
        painted(row["level"], row_line(f"{row['level']}  {BY_KEY[row['level']].epithet}", row))
        for row in report["levels"]
    ]
    medians = [
        row_line(f"   median {name.rsplit('_', 1)[-1]}", row)
        for name, row in report["baselines"].items()
    ]
    return "\n".join([*lines, rule, *levels, rule, *medians])


def painted(level: int, row: str) -> str:
    """The row with its level's number on the level's colour."""
    number = f"{level}"
    return look.of_level(level, number) + row.removeprefix(number)


def row_line(label: str, row: dict[str, Any]) -> str:
    """One row: a measure that the row does not have stays blank, one without a value is a dash."""
    cells = [number(row[key], digits) if key in row else "" for _, _, key, digits in COLUMNS]
    return line(label, cells)


def line(label: str, cells: list[str]) -> str:
    return (label.ljust(FIRST) + "".join(cell.rjust(7) for cell in cells)).rstrip()


def number(value: float | None, digits: int) -> str:
    """A dash for nothing, no decimals for a whole number that may have some."""
    if value is None:
        return "-"
    return f"{value:.{digits}f}" if digits != 1 else f"{value:.1f}".removesuffix(".0")
