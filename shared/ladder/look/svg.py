"""The few SVG primitives that the chart is drawn with."""

from collections.abc import Iterable
from html import escape

Point = tuple[float, float]


def element(tag: str, *children: str, **attributes: object) -> str:
    """One element; values are escaped, children are markup, None leaves an attribute out."""
    pairs = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(short(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    body = "".join(children)
    return f"<{tag}{pairs}>{body}</{tag}>" if body else f"<{tag}{pairs}/>"


def text(content: str, x: float, y: float, **attributes: object) -> str:
    return element("text", escape(content), x=x, y=y, **attributes)


def short(value: object) -> str:
    """Coordinates to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def polyline(points: Iterable[Point]) -> str:
    """Path data through all points."""
    return "M" + "L".join(f"{short(float(x))} {short(float(y))}" for x, y in points)


def marker(kind: str, x: float, y: float, r: float) -> str:
    """Path data of a marker, about the same ink for each kind."""
    shapes = {
        "square": [(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)],
        "diamond": [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)],
        "triangle": [(0, -1.3), (1.2, 0.9), (-1.2, 0.9)],
    }
    if kind in shapes:
        return polyline((x + dx * r, y + dy * r) for dx, dy in shapes[kind]) + "Z"
    if kind == "cross":
        return polyline([(x - r, y - r), (x + r, y + r)]) + polyline(
            [(x - r, y + r), (x + r, y - r)]
        )
    if kind == "plus":
        return polyline([(x - r, y), (x + r, y)]) + polyline([(x, y - r), (x, y + r)])
    arcs = (f"a{short(r)} {short(r)} 0 1 0 {short(width)} 0" for width in (2 * r, -2 * r))
    return f"M{short(x - r)} {short(y)}{''.join(arcs)}Z"


def spread(wanted: list[float], gap: float, low: float, high: float) -> list[float]:
    """Positions nearest to the wanted ones, in order, `gap` apart, and inside low to high."""
    blocks: list[list[float]] = []
    for index, position in enumerate(wanted):
        blocks.append([position - index * gap])
        while len(blocks) > 1 and mean(blocks[-2]) > mean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    ceiling = high - (len(wanted) - 1) * gap
    offsets = [min(max(mean(block), low), ceiling) for block in blocks for _ in block]
    return [offset + index * gap for index, offset in enumerate(offsets)]


def mean(values: list[float]) -> float:
    return sum(values) / len(values)
