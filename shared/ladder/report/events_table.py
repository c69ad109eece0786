"""What happened, by day: the table of the page, and the lines of a week in the chart."""

from datetime import date
from html import escape
from typing import Any

from ladder.report.series import WEEK
from ladder.report.series import Report
from ladder.report.series import day_text

KINDS = {
    "release": "released",
    "refused": "refused",
    "breach": "over the threshold",
    "detected": "noticed",
    "trial": "on trial",
    "rollback": "rolled back",
    "call": "a person is called",
}


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
