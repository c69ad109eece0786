"""The matrix as a page for screen and wall, and one page an incident with what each level did."""

import json
from html import escape
from pathlib import Path

from ladder.incidents import cells
from ladder.incidents import picture
from ladder.incidents.catalogue import CATALOGUE
from ladder.incidents.incident import Incident
from ladder.places import ROOT

STYLE = (Path(__file__).with_name("page.css")).read_text(encoding="utf-8")
HEAD = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "style-src 'unsafe-inline'\"><title>{title}</title><style>{style}</style></head><body>"
)
LINES = 3  # of code, after the one that made the difference


def write(result: dict, path: Path) -> Path:
    """Write the page at `path`, and the incidents' pages in a folder beside it."""
    folder = path.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    for row in result["rows"]:
        (folder / f"{row['name']}.html").write_text(of_incident(row), encoding="utf-8")
    path.write_text(matrix(result), encoding="utf-8")
    return path


def matrix(result: dict) -> str:
    silent = {
        level: sum(row["levels"][f"{level}"]["outcome"] == "silent" for row in result["rows"])
        for level in result["levels"]
    }
    counted = ", ".join(f"{count} at Level {level}" for level, count in silent.items())
    assumed = "".join(
        f"<li>{escape(name)} = {value}" for name, value in result["assumptions"].items()
    )
    return "".join(
        [
            HEAD.format(title="Twenty bad days, five levels", style=STYLE),
            "<main><h1>Twenty bad days, five levels</h1>",
            f"<p>The same incident is put to each level, and what happens is measured. "
            f"Silent harm: {counted}. Figures are of the days that were played; "
            "an answer is wrong if it errs by more than 2 minutes more than without the incident. "
            "Each title leads to what the levels did.</p>",
            picture.svg(result, links=True),
            f"<h2>Assumed of people</h2><ul>{assumed}</ul>",
            "</main></body></html>\n",
        ]
    )


def of_incident(row: dict) -> str:
    incident = CATALOGUE[row["name"]]
    levels = "".join(
        level_part(incident, int(level), cell) for level, cell in row["levels"].items()
    )
    question = incident.question
    wrong = "".join(f"<li>{escape(one)}" for one in question.wrong)
    case = incident.case
    return "".join(
        [
            HEAD.format(title=escape(incident.title), style=STYLE),
            '<main><p><a href="../incidents.html">all incidents</a></p>',
            f"<h1>{escape(incident.title)}</h1><p class=story>{escape(incident.story)}</p>",
            f"<p>It touches {escape(incident.touches)}. {escape(degree(incident))}</p>",
            f"<p>In public: <a href='{escape(case.url)}'>{escape(case.title)}</a>. "
            f"{escape(case.fact)}</p>",
            levels,
            f"<h2>For discussion</h2><p>{escape(question.text)}</p><details><summary>"
            f"An answer, and what people say first</summary><p>{escape(question.answer)}</p>"
            f"<p>Likely, and wrong:</p><ul>{wrong}</ul></details>",
            "</main></body></html>\n",
        ]
    )


def degree(incident: Incident) -> str:
    return f"Degree: {incident.degree}." if incident.degree else ""


def level_part(incident: Incident, level: int, cell: dict) -> str:
    fill, ink = picture.LOOKS[cell["outcome"]]
    badge = f"<span class=badge style='background:{fill};color:{ink}'>"
    surprise = (
        f" <strong>Declared: {escape(cell['expected'])}.</strong>" if cell["surprise"] else ""
    )
    record = cells.record_of(incident.name, level, cell["seed"])
    events = json.loads(record.read_text(encoding="utf-8"))["events"]
    return "".join(
        [
            f"<section><h2>Level {level} {badge}{picture.WORDS[cell['outcome']]}</span></h2>",
            f"<p>{escape(cell['why'][:1].upper() + cell['why'][1:])}.{surprise} ",
            escape(measured(cell)) + spread(cell),
            f"</p>{code(incident, level)}<details><summary>Minute by minute</summary>",
            f"<table>{''.join(map(event_row, events))}</table></details></section>",
        ]
    )


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
    if cell["steps"]:
        found.append(f"By hand: {'; '.join(cell['steps'])}.")
    return " ".join(found)


def spread(cell: dict) -> str:
    """How often which outcome came, if chance has a part."""
    if sum(cell["outcomes"].values()) < 2:
        return ""
    parts = ", ".join(f"{count} times {outcome}" for outcome, count in cell["outcomes"].items())
    return f" With several seeds: {escape(parts)}."


def code(incident: Incident, level: int) -> str:
    """The lines that made the difference, if this level is the first that has them."""
    if level not in incident.code:
        return ""
    path, number, lines = found_code(incident, level)
    shown = "\n".join(f"{number + index:4}  {line}" for index, line in enumerate(lines))
    link = f"<a href='{(ROOT / path).as_uri()}'>{escape(path)}, line {number}</a>"
    return f"<p class=code>{link}</p><pre>{escape(shown)}</pre>"


def found_code(incident: Incident, level: int) -> tuple[str, int, list[str]]:
    """The path, the number of the first line that has the text, and some lines from there."""
    path, wanted = incident.code[level]
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    number = next(index for index, line in enumerate(lines) if wanted in line)
    return path, number + 1, lines[number : number + 1 + LINES]


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
