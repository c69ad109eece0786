"""The slides on bad days: for each step one that the upper level lives through, to discuss."""

from html import escape

from ladder.incidents import tiles
from ladder.incidents.catalogue import CATALOGUE
from ladder.incidents.incident import Incident
from ladder.incidents.outcomes import WORDS
from ladder.look.palette import slug
from ladder.site import markdown
from ladder.site import sources
from ladder.slides.slide import Slide
from ladder.slides.slide import points

SAFE = ("prevented", "healed")


def between(lower: int, upper: int) -> list[Slide]:
    """The first incident that is silent at every level below `upper`, and not at it."""
    for row in sources.whole_bad_days()["rows"]:
        outcomes = [row["levels"].get(f"{level}", {}).get("outcome") for level in range(upper + 1)]
        if set(outcomes[:-1]) == {"silent"} and outcomes[-1] in SAFE:
            return [slide(row, CATALOGUE[row["name"]], lower, upper)]
    return []


def slide(row: dict, incident: Incident, lower: int, upper: int) -> Slide:
    question = incident.question
    notes = (
        f"<p>{markdown.inline(incident.story)}</p>"
        f"<p><b>{escape(question.text)}</b> {escape(question.answer)}</p>"
        f"<p>Likely, and wrong:</p>{points(question.wrong)}"
        f"<p>In public: {escape(incident.case.title)}. {escape(incident.case.fact)}</p>"
        f"<p>Show it: <code>ladder incident {incident.name} --level {lower} --versus {upper}</code>"
    )
    shown = "".join(tile(int(level), cell) for level, cell in row["levels"].items())
    return Slide(
        "A bad day",
        incident.title,
        f'<div class="tiles">{shown}</div><p class="asked">{escape(question.text)}</p>',
        notes,
        level=lower,
    )


def tile(level: int, cell: dict) -> str:
    look = slug(cell["outcome"])
    return (
        f"<div class='o-{look} i-{look}'><small>Level {level}</small>"
        f"{WORDS[cell['outcome']].name}<small>{escape(tiles.harm(cell))}</small></div>"
    )
