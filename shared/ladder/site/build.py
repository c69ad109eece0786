"""Make every page of the site, and write them into a folder."""

from pathlib import Path

from ladder.errors import LadderError
from ladder.incidents import incident_page
from ladder.incidents import page as matrix
from ladder.report import page as report
from ladder.report.write import write_atomically
from ladder.site import documents
from ladder.site import index
from ladder.site import sources
from ladder.site import staircase
from ladder.site import steps
from ladder.site import trail
from ladder.slides import deck
from ladder.slides import wall

WALL = "wall.html"  # an earlier site is recognized by it


def write(folder: Path, *, local: bool) -> int:
    """Write all pages, each whole or not at all; returns how many. `local`: see `index.page`."""
    made = pages(local=local)
    try:
        for path, text in made.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            write_atomically(folder / path, text)
    except OSError as problem:
        raise LadderError(
            f"{folder} cannot be written ({problem.strerror}): choose another one with --out"
        ) from None
    return len(made)


def pages(*, local: bool) -> dict[str, str]:
    """Every page by its path, each with the navigation."""
    bad_days = sources.bad_days()
    # It names folders of this machine, so that it is not published.
    evidence = sources.evidence() if local else ""
    made = {
        "index.html": index.page(local=local),
        "year.html": report.page(sources.year()),
        "incidents.html": matrix.matrix(bad_days),
        **{
            f"incidents/{row['name']}.html": incident_page.of_incident(row)
            for row in bad_days["rows"]
        },
        "staircase.html": staircase.page(sources.staircase(), evidence=bool(evidence)),
        **steps.pages(),
        **documents.pages(),
        WALL: wall.page(),
        **({"evidence.html": evidence} if evidence else {}),
    }
    return {path: trail.within(path, text) for path, text in made.items()} | {
        "slides.html": deck.page(home="index.html")
    }
