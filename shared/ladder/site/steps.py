"""A page for each step from one level to the next, with both versions side by side."""

from itertools import pairwise

from ladder.changes import side_by_side
from ladder.changes import step as steps
from ladder.places import LEVELS

PAGES = {f"steps/{lower}-{upper}.html": (lower, upper) for lower, upper in pairwise(LEVELS)}


def pages() -> dict[str, str]:
    return {path: side_by_side.html(steps.between(*pair)) for path, pair in PAGES.items()}


def link(lower: int, upper: int) -> str:
    """A link to the page of a step; empty where there is no such page."""
    path = f"steps/{lower}-{upper}.html"
    if path not in PAGES:
        return ""
    return f'<a href="{path}">What changes from Level {lower} to Level {upper}</a>'
