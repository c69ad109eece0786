"""The staircase in numbers: how many of each level's statements hold on each level."""

from ladder.conformance.model import LEVELS
from ladder.look.svg import element
from ladder.look.svg import text

WIDTH, LEFT, CELL, LINE, TOP, GAP = 900, 250, 130, 62, 44, 6
MOST_OF_A_COUNT = 44  # pixels that a count of two digits takes, with its margins


def svg(summary: dict) -> str:
    """A table with a square of a level's colour for each count; for a page, which has colours."""
    drawn = [part for row in LEVELS for part in line(summary["statements"], row)]
    heads = [
        text(f"holds on L{level}", LEFT + CELL * level, TOP - 16, class_="soft") for level in LEVELS
    ]
    return element(
        "svg",
        element("title", "How many of each level's statements hold on each level"),
        *heads,
        *drawn,
        xmlns="http://www.w3.org/2000/svg",
        class_="chart counts",
        viewBox=f"0 0 {WIDTH} {TOP + LINE * len(LEVELS)}",
        font_size=17,
        role="img",
    )


def line(statements: list[dict], row: int) -> list[str]:
    own = [one for one in statements if one["level"] == row]
    y = TOP + LINE * row
    found = [text(f"{len(own)} statements of Level {row}", 0, y + 35, class_="strong")]
    for level in LEVELS:
        held = sum(level in one["holds"] for one in own)
        found += cell(row, LEFT + CELL * level, y, held, held / max(len(own), 1))
    return found


def cell(row: int, x: int, y: int, count: int, share: float) -> list[str]:
    """A box filled from the left as far as the share goes, and the count where it is legible."""
    width, height = CELL - GAP, LINE - GAP
    full = width * share
    box = {"x": x, "y": y, "height": height, "rx": 4}
    inside = full > MOST_OF_A_COUNT
    at, look = (x + 12.0, "strong on") if inside else (x + full + 10, "strong")
    return [
        element("rect", class_="ground", width=width, **box),
        element("rect", class_=f"dot s-l{row}", width=full, **box),
        text(f"{count}", at, y + 37, class_=look, font_size=22),
    ]
