"""The lines of a level's code that made the difference in an incident."""

from html import escape

from ladder.incidents.incident import Incident
from ladder.places import ROOT

LINES = 3  # of code, after the one that made the difference


def shown(incident: Incident, level: int) -> str:
    """The lines that made the difference, if this level is the first that has them."""
    if level not in incident.code:
        return ""
    path, number, lines = lines_of(incident, level)
    text = "\n".join(f"{number + index:4}  {line}" for index, line in enumerate(lines))
    return f"<p class=place>{escape(path)}, line {number}</p><pre>{escape(text)}</pre>"


def lines_of(incident: Incident, level: int) -> tuple[str, int, list[str]]:
    """The path, the number of the first line that has the text, and some lines from there."""
    path, wanted = incident.code[level]
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    number = next(index for index, line in enumerate(lines) if wanted in line)
    return path, number + 1, lines[number : number + 1 + LINES]
