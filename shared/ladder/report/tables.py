"""The tables of the page: the measures of the levels, every week, every event, the timings."""

from datetime import date
from html import escape
from typing import Any

from ladder.report.series import BY_KEY
from ladder.report.series import WEEK
from ladder.report.series import Report
from ladder.report.series import day_text
from ladder.report.series import present
from ladder.report.series import weekly_mae
from ladder.report.series import weeks

NONE = "<span class='none'>–</span>"
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
KINDS = {
    "release": "released",
    "refused": "refused",
    "breach": "over the threshold",
    "detected": "noticed",
    "trial": "on trial",
    "rollback": "rolled back",
    "call": "a person is called",
}


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


def weekly(report: Report) -> str:
    """The chart as a table."""
    series = present(report)
    heads = "".join(
        f"<th scope=col>{one.name}<br><small>{one.epithet}</small></th>" for one in series
    )
    values = {one.key: weekly_mae(report, one.key) for one in series}
    flights = {row["week"]: row.get("flights") for row in report["weekly"]}
    rows = "".join(
        f"<tr><th scope=row>{day_text(week)}</th><td>{whole(flights[week.isoformat()])}</td>"
        + "".join(
            f"<td>{values[one.key][week]:.2f}</td>"
            if week in values[one.key]
            else f"<td>{NONE}</td>"
            for one in series
        )
        + "</tr>"
        for week in weeks(report)
    )
    return (
        f"<thead><tr><th scope=col>Week of</th><th scope=col>Flights</th>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody>"
    )


def whole(count: float | None) -> str:
    return NONE if count is None else f"{count:,.0f}"


def events(report: Report) -> str:
    rows = "".join(
        f"<tr><th scope=row>{day_text(date.fromisoformat(event['date']))}</th>"
        f"<td>{level(event)}</td>"
        f"<td>{escape(what(event))}</td><td>{escape(str(event.get('text') or ''))}</td></tr>"
        for event in sorted(report.get("events") or [], key=lambda event: event["date"])
    )
    body = rows or "<tr><td colspan=4>Nothing was released, refused or noticed.</td></tr>"
    return (
        "<thead><tr><th scope=col>Day</th><th scope=col>Level</th><th scope=col>What</th>"
        f"<th scope=col>In its own words</th></tr></thead><tbody>{body}</tbody>"
    )


def level(event: dict[str, Any]) -> str:
    return escape(f"Level {event['level']}")


def what(event: dict[str, Any]) -> str:
    return KINDS.get(event["kind"], str(event["kind"]))


def events_of(report: Report, week: date) -> list[str]:
    """What happened in the seven days from `week`, one line each."""
    return [
        f"Level {event['level']} {what(event)}"
        + (f": {event['text']}" if event.get("text") else "")
        for event in report.get("events") or []
        if week <= date.fromisoformat(event["date"]) < week + WEEK
    ]


def tree(value: Any) -> str:
    """Nested settings as nested definition lists."""
    if isinstance(value, dict):
        return (
            "<dl>"
            + "".join(
                f"<dt>{escape(label(key))}</dt><dd>{tree(item)}</dd>" for key, item in value.items()
            )
            + "</dl>"
        )
    if isinstance(value, list):
        return ", ".join(tree(item) for item in value) or NONE
    return escape({True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value))


def label(key: str) -> str:
    return key.replace("_", " ")


def timings(report: Report) -> str:
    """Seconds by part, with a bar: parts that ran side by side add up to more than the whole."""
    parts = report.get("timings") or []
    longest = max([part["seconds"] or 0 for part in parts], default=0) or 1
    rows = "".join(
        f"<tr><th scope=row>{escape(str(part['what']))}</th><td>{part['seconds'] or 0:.1f}</td>"
        f"<td class=bar><svg width=160 height=10 aria-hidden=true>"
        f"<rect width={160 * (part['seconds'] or 0) / longest:.1f} height=10 /></svg></td></tr>"
        for part in parts
    )
    total = report.get("elapsed_s")
    foot = (
        ""
        if total is None
        else "<tfoot><tr><th scope=row>from start to end</th>"
        f"<td>{total:.1f}</td><td></td></tr></tfoot>"
    )
    head = "<tr><th scope=col>Part</th><th scope=col>Seconds</th><td></td></tr>"
    return f"<thead>{head}</thead><tbody>{rows}</tbody>{foot}"
