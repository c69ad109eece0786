"""The matrix as a page for screen and wall, and one page an incident beside it."""

from html import escape
from pathlib import Path

from ladder.incidents import incident_page
from ladder.incidents import picture
from ladder.incidents.document import document

TITLE = "Twenty bad days, five levels"


def write(result: dict, path: Path) -> Path:
    """Write the page at `path`, and the incidents' pages in a folder beside it."""
    folder = path.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    for row in result["rows"]:
        (folder / f"{row['name']}.html").write_text(
            incident_page.of_incident(row), encoding="utf-8"
        )
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
    return document(
        TITLE,
        f"<h1>{TITLE}</h1>",
        f"<p>The same incident is put to each level, and what happens is measured. "
        f"Silent harm: {counted}. Figures are of the days that were played; "
        "an answer is wrong if it errs by more than 2 minutes more than without the incident. "
        "Each title leads to what the levels did.</p>",
        picture.svg(result, links=True),
        f"<h2>Assumed of people</h2><ul>{assumed}</ul>",
    )
