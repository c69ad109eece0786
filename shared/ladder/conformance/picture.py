"""The matrix as one picture: a line a statement, a column a level, filled where it holds."""

from ladder.conformance.model import LEVELS
from ladder.look.palette import still_style
from ladder.look.svg import element
from ladder.look.svg import text

WIDTH, LEFT, STEP, LINE, TOP, RADIUS = 800, 610, 40, 17, 64, 5.2
FURTHER = 108  # characters of a statement that fit


def svg(summary: dict) -> str:
    """A drawing of the published summary: the statements that were run, grouped by row."""
    drawn, y, row = [], float(TOP), ""
    for one in summary["statements"]:
        if one["row"] != row:
            row = one["row"]
            y += 0.7 * LINE
            drawn.append(text(row, 0.0, y, class_="strong", font_size="12"))
            y += LINE
        drawn += line(one, y)
        y += LINE
    heads = [
        text(f"L{level}", float(LEFT + STEP * level), TOP - 12.0, class_="strong", **CENTRED)
        for level in LEVELS
    ]
    title = text("Each statement, measured on every level", 0.0, 26.0, class_="headline")
    height = y + 10
    return element(
        "svg",
        element("style", still_style()),
        element("rect", width="100%", height="100%", class_="paper"),
        element("g", title, *heads, *drawn, transform="translate(16 8)"),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH + 32} {height:.0f}",
        class_="chart",
        role="img",
        aria_label="Which statements of the maturity model hold on which level",
    )


CENTRED = {"text_anchor": "middle", "font_size": "12"}


def line(one: dict, y: float) -> list[str]:
    said = one["says"] if len(one["says"]) <= FURTHER else one["says"][: FURTHER - 1] + "…"
    return [
        text(f"{one['level']}", 6.0, y, class_="soft", font_size="10"),
        text(said, 20.0, y, font_size="10"),
        *(dot(level, y, level in one["holds"]) for level in LEVELS),
    ]


def dot(level: int, y: float, holds: bool) -> str:
    shape = {"cx": float(LEFT + STEP * level), "cy": y - 3.5, "r": RADIUS if holds else 1.6}
    return element("g", element("circle", class_="dot", **shape), class_=f"s-l{level}")
