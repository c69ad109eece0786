"""Name the rules in a panel of the picture, each where its name overlaps nothing."""

from collections.abc import Iterator

from ladder.look.svg import text
from ladder.policies.front import Point
from ladder.policies.panel import HIGHEST
from ladder.policies.panel import Panel
from ladder.policies.table import OURS

# The colour and the marker of each kind of rule.
KINDS = {
    "calendar": ("l3", "square", "by the calendar"),
    "error": ("l0", "triangle", "by the error, against the certified one"),
    "drift": ("l1", "diamond", "by drift of the inputs"),
    "ratio": ("l4", "circle", "by the error, against an always fresh median's"),
}


def labels(panel: Panel) -> Iterator[str]:
    """The names of the rules, each where it overlaps nothing; without a place there is none."""
    # Wide enough that no name is as near to another's mark as to its own.
    taken = [(x - 9, y - 7, x + 9, y + 7) for x, y in map(panel.at, panel.points)]
    for name in sorted(panel.points, key=lambda name: (name != OURS, kind_of(name) != "calendar")):
        words = (
            short(name)
            if panel.points[name][1] <= HIGHEST
            else f"{short(name)}: {panel.points[name][1]:.1f}"
        )
        size = 14 if name == OURS else 12
        places = around(panel.at(name), 0.57 * size * len(words))
        box = next((box for box in places if fits(box, taken, panel)), None)
        if box:
            taken.append(box)
            yield text(words, box[0], box[3] - 4, class_="note ink", font_size=size)


def around(point: Point, width: float) -> Iterator[tuple[float, float, float, float]]:
    """Boxes for text of this width, the nearest first."""
    x, y = point
    for far in (0, 14):
        places = [(x + 10, y - 8), (x - width - 10, y - 8)] if not far else []
        for left, top in [
            *places,
            (x - width / 2, y - 26 - far),
            (x - width / 2, y + 9 + far),
            (x + 8, y - 22 - far),
            (x + 8, y + 6 + far),
        ]:
            yield left, top, left + width, top + 16


def fits(box: tuple, taken: list[tuple], panel: Panel) -> bool:
    left, top, right, bottom = box
    inside = (
        panel.left < left
        and right < panel.right + 20
        and panel.top - 24 < top
        and bottom < panel.floor
    )
    return inside and all(right < a or left > c or bottom < b or top > d for a, b, c, d in taken)


def short(name: str) -> str:
    kind, number, way = [*name.split("-"), "", ""][:3]
    words = {
        "ratio": f"{number} times, {way or '2 of 3'}",
        "newest": f"{number} times, newest",
        "error": f"{number} times",
        "drift": "drift",
    }
    return f"ours: {words['ratio']}" if name == OURS else words.get(kind, name.replace("-", ", "))


def kind_of(name: str) -> str:
    kind = name.partition("-")[0]
    return {"newest": "ratio"}.get(kind, kind if kind in KINDS else "calendar")
