"""The staircase at a glance: a line a row of the model, a column a level, a square a statement."""

from itertools import groupby

from ladder.conformance.model import LEVELS
from ladder.look.palette import still_style
from ladder.look.svg import element
from ladder.look.svg import text

WIDTH, LEFT, STEP, LINE, TOP = 640, 300, 68, 47, 62
SQUARE, APART = 11, 13  # the side of a square, and from one to the next
TITLE = "What each level can prove"
KEY = "A square is a statement, in the colour of its level: filled where it holds."


def svg(summary: dict, *, still: bool = False) -> str:
    """A drawing of the published summary; `still`: on its own, with colours and paper."""
    own = [one for one in summary["statements"] if not one["as"]]
    rows = [(row, [*found]) for row, found in groupby(own, key=lambda one: one["row"])]
    height = TOP + LINE * len(rows) + 16
    heads = [head(level) for level in LEVELS]
    drawn = [part for place, (row, found) in enumerate(rows) for part in line(row, found, place)]
    paper = element("rect", class_="paper", width=WIDTH, height=height)
    return element(
        "svg",
        element("title", f"{TITLE}. {KEY}"),
        *([element("style", still_style()), paper] if still else []),
        *heads,
        *drawn,
        xmlns="http://www.w3.org/2000/svg",
        class_="chart grid",
        viewBox=f"0 0 {WIDTH} {height}",
        font_size=15,
        preserveAspectRatio="xMinYMin meet",
        role="img",
    )


def head(level: int) -> str:
    x = LEFT + STEP * level
    square = element("rect", class_="dot", x=x, y=22, width=12, height=12)
    return element("g", square, class_=f"s-l{level}") + text(f"L{level}", x + 18, 34, **STRONG)


STRONG = {"class_": "strong"}


def line(row: str, statements: list[dict], place: int) -> list[str]:
    y = TOP + LINE * place
    rule = element("line", class_="rule", x1=0, x2=WIDTH, y1=y - 13, y2=y - 13)
    squares = [square(one, level, y) for level in LEVELS for one in statements]
    return [rule, text(row, 0, y + 16), *squares]


def square(one: dict, level: int, y: int) -> str:
    """At the place of its own level in the cell, so that columns can be compared."""
    x = LEFT + STEP * level + APART * one["level"]
    shape = {"x": x, "y": y + 5, "width": SQUARE, "height": SQUARE}
    if level in one["holds"]:
        return element("rect", class_=f"dot s-l{one['level']}", **shape)
    return element("rect", class_="axis", fill="none", stroke_width=1, stroke_opacity=0.7, **shape)
