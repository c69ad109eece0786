"""A page for each step from one level to the next, with both versions side by side."""

import importlib
import importlib.util
from itertools import pairwise

from ladder.places import LEVELS

PAGES = {f"steps/{lower}-{upper}.html": (lower, upper) for lower, upper in pairwise(LEVELS)}


def are_there() -> bool:
    return importlib.util.find_spec("ladder.changes") is not None


def pages() -> dict[str, str]:
    if not are_there():
        return {}
    side_by_side = importlib.import_module("ladder.changes.side_by_side")
    steps = importlib.import_module("ladder.changes.step")
    return {path: side_by_side.html(steps.between(*pair)) for path, pair in PAGES.items()}


def link(lower: int, upper: int, up: str = "") -> str:
    """A link to the page of a step; empty where there is no such page."""
    path = f"steps/{lower}-{upper}.html"
    if path not in PAGES or not are_there():
        return ""
    return f'<a href="{up}{path}">What changes from Level {lower} to Level {upper}</a>'
