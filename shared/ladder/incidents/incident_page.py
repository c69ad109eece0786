"""The page of one incident: what each level did, in figures and minute by minute."""

import json
from html import escape
from pathlib import Path

from ladder.incidents import difference
from ladder.incidents import stored
from ladder.incidents.catalogue import CATALOGUE
from ladder.incidents.incident import Incident
from ladder.incidents.outcomes import WORDS
from ladder.look import page as look
from ladder.look.palette import slug

STYLE = Path(__file__).with_name("page.css")


def of_incident(row: dict) -> str:
    """The page of one row of the matrix."""
    incident = CATALOGUE[row["name"]]
    levels = "".join(
        level_part(incident, int(level), cell) for level, cell in row["levels"].items()
    )
    case = incident.case
    back = '<p><a href="../incidents.html">All incidents</a></p>'
    return look.document(
        incident.title,
        look.masthead(f"An incident: it touches {incident.touches}", incident.title),
        f"<p class=story>{escape(incident.story)} {escape(degree(incident))}</p>",
        f"<p>In public: <a href='{escape(case.url)}'>{escape(case.title)}</a>. "
        f"{escape(case.fact)}</p>",
        levels,
        discussion(incident),
        back,
        sheets=(STYLE,),
    )


def discussion(incident: Incident) -> str:
    question = incident.question
    wrong = "".join(f"<li>{escape(one)}" for one in question.wrong)
    return (
        f"<section><h2>For discussion</h2><p>{escape(question.text)}</p><details><summary>"
        f"An answer, and what people say first</summary><p>{escape(question.answer)}</p>"
        f"<p>Likely, and wrong:</p><ul>{wrong}</ul></details></section>"
    )


def degree(incident: Incident) -> str:
    return f"Degree: {incident.degree}." if incident.degree else ""


def level_part(incident: Incident, level: int, cell: dict) -> str:
    look_of = slug(cell["outcome"])
    badge = f"<span class='badge o-{look_of} i-{look_of}'>{WORDS[cell['outcome']].name}</span>"
    surprise = (
        f" <strong>Declared: {escape(cell['expected'])}.</strong>" if cell["surprise"] else ""
    )
    return "".join(
        [
            f"<section><h2><i class='square s-l{level}'></i>Level {level} {badge}</h2>",
            f"<p>{escape(cell['why'][:1].upper() + cell['why'][1:])}.{surprise} ",
            escape(measured(cell)) + spread(cell),
            f"</p>{difference.shown(incident, level)}{minutes(incident, level, cell)}</section>",
        ]
    )


def minutes(incident: Incident, level: int, cell: dict) -> str:
    """All that happened, if the incident was played on this machine."""
    record = stored.record_of(incident.name, level, cell["seed"])
    if not record.exists():
        return ""
    rows = "".join(map(event_row, json.loads(record.read_text(encoding="utf-8"))["events"]))
    table = f"<div class=scroll tabindex=0><table>{rows}</table></div>"
    return f"<details><summary>Minute by minute</summary>{table}</details>"


def measured(cell: dict) -> str:
    """What was measured, in sentences."""
    found = []
    if cell["wrong"]:
        by = f"by {cell['minutes']:.0f} minutes more than without the incident, on average"
        found.append(f"{cell['wrong']:,} of {cell['asked']:,} answers were wrong, {by}.")
    if cell["missing"]:
        found.append(f"{cell['missing']:,} of {cell['asked']:,} flights got no answer.")
    if cell["records"]:
        found.append(f"{cell['records']:,} rows that models learn from were wrong or missing.")
    if cell["question"]:
        found.append(f"{cell['question'].capitalize()}.")
    if cell["days_to_detect"] is not None:
        found.append(f"Noticed by {cell['detected_by']} on day {cell['days_to_detect']}.")
    if cell["days_to_mitigate"] is not None:
        found.append(f"Over on day {cell['days_to_mitigate']}.")
    if steps := cell.get("steps"):
        found.append(f"By hand: {'; '.join(steps)}.")
    return " ".join(found)


def spread(cell: dict) -> str:
    """How often which outcome came, if chance has a part."""
    if sum(cell["outcomes"].values()) < 2:
        return ""
    parts = ", ".join(f"{count} times {outcome}" for outcome, count in cell["outcomes"].items())
    return f" With several seeds: {escape(parts)}."


def event_row(event: dict) -> str:
    output = event.get("output", "")
    more = f"<pre>{escape(output)}</pre>" if output else ""
    failed = " class=failed" if event.get("code") else ""
    text = (
        f"<code>{escape(event['text'])}</code>"
        if event["kind"] == "command"
        else escape(event["text"])
    )
    code = f" (exit code {event['code']})" if event.get("code") else ""
    return (
        f"<tr class=k-{escape(event['kind'])}><td>{event['day']}<td>{event['at']}"
        f"<td>{escape(event['kind'])}<td{failed}>{text}{code}{more}"
    )
