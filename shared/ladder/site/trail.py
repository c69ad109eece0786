"""The navigation that every page of the site begins with."""

from html import escape

# Pages of the navigation; the others are reached from these.
TRAIL = {
    "index.html": "mlops-ladder",
    "year.html": "The year",
    "incidents.html": "Bad days",
    "staircase.html": "Staircase",
    "closing.html": "A better feature",
    "slides.html": "Slides",
    "wall.html": "Wall sheet",
    "glossary.html": "Glossary",
}


def trail(path: str) -> str:
    """The navigation of the page at this path, with relative links."""
    up = "../" * path.count("/")
    items = "".join(
        f'<li><a href="{up}{target}"{here(path, target)}>{escape(name)}</a></li>'
        for target, name in TRAIL.items()
    )
    return f'<nav class="trail" aria-label="All pages"><ul>{items}</ul></nav>\n'


def here(path: str, target: str) -> str:
    return ' aria-current="page"' if path == target else ""


def within(path: str, page: str) -> str:
    """The page with its navigation."""
    return page.replace("<main>", f"<main>\n{trail(path)}", 1)
