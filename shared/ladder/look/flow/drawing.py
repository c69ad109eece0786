"""A flowchart as a picture for a page: what is new has the level's colour."""

from itertools import pairwise

from ladder.look.flow import chart as charts
from ladder.look.flow.chart import Arrow
from ladder.look.flow.chart import Node
from ladder.look.flow.folding import folded
from ladder.look.flow.places import HEIGHT
from ladder.look.flow.places import LANE
from ladder.look.flow.places import Layout
from ladder.look.flow.places import Point
from ladder.look.flow.places import lines
from ladder.look.flow.shapes import outline
from ladder.look.flow.shapes import path
from ladder.look.svg import element
from ladder.look.svg import short
from ladder.look.svg import text

HEAD = 8


def svg(source: str, level: int) -> str:
    """The picture of a flowchart's text; raises LadderError if it cannot be read."""
    chart = charts.read(source)
    layout = folded(chart)
    ways = [arrow(one, layout) for one in layout.ways]
    ways += [arrow_around(one, layout) for one in layout.around]
    nodes = [box(one, layout) for one in chart.nodes.values()]
    return element(
        "svg",
        element("title", "The way of the data: " + "; ".join(map(said, chart.arrows))),
        *ways,
        *nodes,
        class_=f"chart flow s-l{level}",
        viewBox=f"0 0 {layout.width:.0f} {layout.height:.0f}",
        width=f"{layout.width:.0f}",
        font_size=13,
        role="img",
    )


def said(one: Arrow) -> str:
    return f"{one.start} to {one.end}{', by hand' if one.by_hand else ''}"


def box(one: Node, layout: Layout) -> str:
    (x, y), width = layout.at[one.name], layout.wide[one.name]
    look = "new" if one.is_new else "old"
    left, top, right, bottom = x - width / 2, y - HEIGHT / 2, x + width / 2, y + HEIGHT / 2
    shape = outline(one.shape, left, top, right, bottom)
    first = y + 4.5 - 7 * (len(lines(one.label)) - 1) + (2 if one.shape == "stored" else 0)
    node = element("path", d=shape, class_=f"node {look}")
    return element("g", node, written(one.label, x, first))


def arrow(one: Arrow, layout: Layout) -> str:
    """Through all its points, with its words where they have room: in the first gap."""
    way = layout.ways[one]
    start, *between, end = (layout.at[name] for name in way)
    first = (start[0] + layout.wide[way[0]] / 2, start[1])
    last = (end[0] - layout.wide[way[-1]] / 2, end[1])
    points = [first, *between, last]
    line = f"M{path(*first)}" + "".join(bend(a, b) for a, b in pairwise(points))
    near = points[1]
    words = ((first[0] + near[0]) / 2, (first[1] + near[1]) / 2 - 5)
    head = f"M{path(*last)}l-{HEAD} -4v8Z"
    if one.both:
        head += f"M{path(*first)}l{HEAD} -4v8Z"
    return drawn(one, line, head, words)


def bend(a: Point, b: Point) -> str:
    half = (b[0] - a[0]) / 2
    return f"C{path(a[0] + half, a[1])} {path(b[0] - half, b[1])} {path(*b)}"


def arrow_around(one: Arrow, layout: Layout) -> str:
    """Out to the right, back below the nodes, and in from the left; upwards in an outer lane."""
    (x0, y0), (x1, y1) = layout.at[one.start], layout.at[one.end]
    floor = layout.around[one]
    outer = LANE if y1 > floor else 2 * LANE - 4
    right, left = layout.sides[one.start][1] + LANE, layout.sides[one.end][0] - outer
    first, last = (x0 + layout.wide[one.start] / 2, y0), (x1 - layout.wide[one.end] / 2, y1)
    turn = 6 if y1 > floor else -6
    line = (
        f"M{path(*first)}H{short(right - 6)}q6 0 6 6V{short(floor - 6)}q0 6 -6 6"
        f"H{short(left + 6)}q-6 0 -6 {turn}V{short(y1 - turn)}q0 {turn} 6 {turn}H{short(last[0])}"
    )
    head = f"M{path(*last)}l-{HEAD} -4v8Z"
    return drawn(one, line, head, ((left + right) / 2, floor - 5))


def drawn(one: Arrow, line: str, head: str, words: Point) -> str:
    look = "way by-hand" if one.by_hand else "way"
    x, y = words
    said = written(one.label, x, y - 14 * (len(lines(one.label)) - 1), "soft words")
    return element("path", d=line, class_=look) + element("path", d=head, class_="head") + said


def written(label: str, x: float, y: float, look: str = "") -> str:
    """A text of one line or two, the first one at this height."""
    return "".join(
        text(line, x, y + 14 * number, text_anchor="middle", class_=look or None)
        for number, line in enumerate(lines(label))
        if line
    )
