"""The documents of the repository that are pages of the site."""

import re
from pathlib import Path

from ladder.feature import page as feature
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.site import markdown
from ladder.site import sources
from ladder.site import steps
from ladder.site import texts

OF_LEVELS = {f"level{level}.html": f"{LEVELS[level].name}/README.md" for level in LEVELS}
OTHERS = {
    "glossary.html": "shared/GLOSSARY.md",
    "data.html": "shared/data/DATA.md",
    "groundcrew.html": "shared/groundcrew/README.md",
    "ml-test-score.html": "shared/year/ml-test-score.md",
    "instructors.html": "INSTRUCTORS.md",
}
TEACHING = re.compile(r"\]\((shared/teaching/[^)#]+\.md)\)")
CLOSING = {"closing.html": "shared/BETTER_FEATURE.md"}


def for_instructors() -> dict[str, str]:
    """The documents that the run sheet of instructors leads to."""
    sheet = ROOT / OTHERS["instructors.html"]
    found = TEACHING.findall(sheet.read_text(encoding="utf-8")) if sheet.is_file() else []
    return {f"teaching-{Path(path).stem}.html": path for path in dict.fromkeys(found)}


def inside() -> dict[str, str]:
    """The page of each document, by the document's path in the repository."""
    documents = OF_LEVELS | OTHERS | for_instructors() | CLOSING | {"index.html": "README.md"}
    return {source: page for page, source in documents.items() if (ROOT / source).is_file()}


def pages() -> dict[str, str]:
    """Each page, by its path in the site."""
    known = inside()
    return {
        page: markdown.page(
            text(source), source, known, kicker(page), next_to(page), level=level_of(page)
        )
        for source, page in known.items()
        if page != "index.html"
    }


def text(source: str) -> str:
    """The document; the closing chapter shows this machine's own results, if there are any."""
    if source in CLOSING.values():
        return feature.of(sources.better_feature())
    return (ROOT / source).read_text(encoding="utf-8")


def kicker(page: str) -> str:
    if page in CLOSING:
        return "The closing chapter"
    return "A level, step by step" if page in OF_LEVELS else "mlops-ladder"


def level_of(page: str) -> int:
    return [*OF_LEVELS].index(page) if page in OF_LEVELS else max(LEVELS)


def next_to(page: str) -> str:
    """From a level to the levels beside it, and to the steps between them."""
    if page not in OF_LEVELS:
        return ""
    level = level_of(page)
    links = [
        f'<a href="level{other}.html">{texts.title(other)}</a>'
        for other in (level - 1, level + 1)
        if other in LEVELS
    ]
    links += [steps.link(level - 1, level), steps.link(level, level + 1)]
    return f'<p class="next">{"".join(links)}</p>'
