"""The matrix as a page, and one page an incident beside it."""

from html import escape
from pathlib import Path

from ladder.incidents import incident_page
from ladder.incidents import picture
from ladder.look import page as look

TITLE = "Twenty bad days, five levels"
KICKER = "The same incident, put to every level"
STYLES = tuple(Path(__file__).with_name(name) for name in ("page.css", "matrix.css"))


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
    """The page of all incidents."""
    assumed = "".join(
        f"<dt>{escape(name.replace('_', ' '))}</dt><dd>{value}</dd>"
        for name, value in result["assumptions"].items()
    )
    pictures = (
        picture.svg(result, narrow=narrow, links="incidents", still=False)
        for narrow in (False, True)
    )
    return look.document(
        TITLE,
        look.masthead(KICKER, TITLE, standfirst(result)),
        *pictures,
        f"<section><h2>Assumed of people</h2><dl>{assumed}</dl></section>",
        sheets=STYLES,
    )


def standfirst(result: dict) -> str:
    """What the picture shows, with the number of silent harms at each level."""
    counted = ", ".join(
        f"{count} at Level {level}" for level, count in silent_harms(result).items()
    )
    return (
        f"Silent harm: {counted}. Figures are of the days that were played; an answer is wrong if "
        "it errs by more than 2 minutes more than without the incident. Each title leads to what "
        "the levels did."
    )


def silent_harms(result: dict) -> dict[int, int]:
    """How many incidents harmed users unnoticed, by level."""
    return {
        level: sum(row["levels"][f"{level}"]["outcome"] == "silent" for row in result["rows"])
        for level in result["levels"]
    }
