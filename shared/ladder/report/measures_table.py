"""The first table of the page: levels and medians against everything that was measured."""

from typing import Any

from ladder.report.series import BY_KEY
from ladder.report.series import NONE
from ladder.report.series import Report

MEASURES = (
    ("mae", 2),
    ("mae_jun_sep", 2),
    ("worst_week_mae", 2),
    ("weeks_over", 0),
    ("mean_model_age_days", 0),
    ("releases", 0),
    ("refused", 0),
    ("days_to_detect", 0),
    ("days_to_recover", 0),
)
HEAD = """<thead><tr><td rowspan=2></td>
<th scope=colgroup colspan=3>Error, minutes a flight</th>
<th scope=col rowspan=2>Weeks over the threshold</th>
<th scope=col rowspan=2>Age of the model in use, mean days</th>
<th scope=colgroup colspan=2>New models</th>
<th scope=colgroup colspan=2>First breach: days until</th>
<th scope=col rowspan=2>Steps by hand per release</th></tr>
<tr><th scope=col>whole replay</th><th scope=col>June to Sept</th><th scope=col>worst week</th>
<th scope=col>released</th><th scope=col>refused</th>
<th scope=col>noticed</th><th scope=col>mended</th></tr></thead>"""


def measures(report: Report) -> str:
    """Levels and medians against everything that was measured."""
    best = {key: lowest(report, key) for key, _ in MEASURES[:3]}
    levels = "".join(
        f"<tr data-series='l{row['level']}'>{row_head(row['level'])}{cells(row, best)}"
        f"<td>{steps_by_hand(row)}</td></tr>"
        for row in report["levels"]
    )
    medians = "".join(
        f"<tr data-series='{BY_KEY[key].slug}'>{row_head(key)}{cells(row, best)}<td></td></tr>"
        for key, row in report["baselines"].items()
        if key in BY_KEY
    )
    return f"{HEAD}<tbody>{levels}</tbody><tbody class=medians>{medians}</tbody>"


def lowest(report: Report, key: str) -> float | None:
    rows = [*report["levels"], *report["baselines"].values()]
    return min((row[key] for row in rows if row.get(key) is not None), default=None)


def row_head(key: int | str) -> str:
    series = BY_KEY[key]
    return (
        f"<th scope=row><span class=who><i class='s-{series.slug}'></i>{series.name} "
        f"<span class=epithet>{series.epithet}</span></span>"
        f"<span class=how>{series.by_hand}</span></th>"
    )


def cells(row: dict[str, Any], best: dict[str, float | None]) -> str:
    return "".join(cell(row, key, digits, best.get(key)) for key, digits in MEASURES)


def cell(row: dict[str, Any], key: str, digits: int, best: float | None) -> str:
    """One number; empty where the measure has no meaning, a word where it never happened."""
    if key not in row:
        return "<td></td>"
    if row[key] is None:
        never = key.startswith("days_to") and row.get("weeks_over")
        return "<td><span class=none>never</span></td>" if never else f"<td>{NONE}</td>"
    number = f"{row[key]:.{digits}f}"
    return (
        f"<td class=best>{number}</td>"
        if best is not None and row[key] == best
        else f"<td>{number}</td>"
    )


def steps_by_hand(row: dict[str, Any]) -> str:
    """A dot for each step that a person does."""
    count = row["manual_steps_per_release"]
    if count is None:
        return "<span class=none>no release</span>" if not row["releases"] else NONE
    dots = f"<span class=hands aria-hidden=true>{'●' * min(round(count), 12)}</span>"
    return f"{dots}<span class=count>{count:.1f}</span>".replace(".0<", "<")
