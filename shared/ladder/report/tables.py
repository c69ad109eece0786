"""The other tables of the page: every week, the settings, the timings."""

from html import escape
from typing import Any

from ladder.report.series import NONE
from ladder.report.series import Report
from ladder.report.series import day_text
from ladder.report.series import present
from ladder.report.series import weekly_mae
from ladder.report.series import weeks


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
