"""Places for the nodes of a flowchart: columns from left to right, few crossings.

The steps are those of Sugiyama, Tagawa and Toda (1981): break cycles, give each node a column, put
points into the columns that long arrows cross, order each column by its neighbours, then place.
"""

from dataclasses import dataclass
from dataclasses import field
from itertools import pairwise

from ladder.look.flow.chart import Arrow
from ladder.look.flow.chart import Chart
from ladder.look.svg import spread

CHARACTER, PADDING, HEIGHT, GAP, APART, MARGIN = 7.4, 13, 42, 22, 34, 6
LINE = 15  # characters: a longer text has two lines
LANE = 12  # beside a column, for arrows that go around
BELOW = 26  # from one such arrow to the next, below all nodes
SWEEPS = 12
Point = tuple[float, float]


@dataclass
class Layout:
    """Positions of the middles of nodes and of the points of arrows, by name, in pixels."""

    at: dict[str, Point] = field(default_factory=dict)
    wide: dict[str, float] = field(default_factory=dict)
    sides: dict[str, tuple[float, float]] = field(default_factory=dict)  # of a node's column
    ways: dict[Arrow, list[str]] = field(default_factory=dict)  # node, points, node
    around: dict[Arrow, float] = field(default_factory=dict)  # below nodes, at this height
    width: float = 0.0
    height: float = 0.0


def place(chart: Chart) -> Layout:
    """All in one band from left to right."""
    layout = Layout(wide={name: width(node.label) for name, node in chart.nodes.items()})
    back = against(chart)
    forward = [arrow for arrow in chart.arrows if arrow not in back]
    columns = into_columns(chart, forward, layout)
    neighbours = between(layout)
    for sweep in range(SWEEPS):
        order(columns if sweep % 2 else columns[::-1], neighbours)
    across(columns, forward, layout)
    down(columns, neighbours, layout)
    go_around(layout, back)
    return layout


def go_around(layout: Layout, arrows: list[Arrow]) -> None:
    """Give each arrow a height of its own below all that is there."""
    for arrow in arrows:
        layout.height += BELOW
        layout.around[arrow] = layout.height - 8


def lines(label: str) -> list[str]:
    """A text in one line, or in two of about the same length."""
    if len(label) <= LINE or " " not in label:
        return [label]
    breaks = [place for place, letter in enumerate(label) if letter == " "]
    at = min(breaks, key=lambda place: abs(place - len(label) / 2))
    return [label[:at], label[at + 1 :]]


def longest(label: str) -> int:
    return max(map(len, lines(label)))


def width(label: str) -> float:
    return CHARACTER * longest(label) + 2 * PADDING


def against(chart: Chart) -> list[Arrow]:
    """The arrows that lead back to a node on the way to them."""
    found: list[Arrow] = []
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        for arrow in (one for one in chart.arrows if one.start == name):
            if arrow.end in (*above, name):
                found.append(arrow)
            elif arrow.end not in done:
                visit(arrow.end, (*above, name))
        done.add(name)

    for name in chart.nodes:
        if name not in done:
            visit(name, ())
    return found


def into_columns(chart: Chart, forward: list[Arrow], layout: Layout) -> list[list[str]]:
    """Each node right of all that lead to it; long arrows get a point in each column between."""
    column = dict.fromkeys(chart.nodes, 0)
    for _ in chart.nodes:
        for arrow in forward:
            column[arrow.end] = max(column[arrow.end], column[arrow.start] + 1)
    for name in column:
        ends = [column[arrow.end] for arrow in forward if arrow.start == name]
        starts = any(arrow.end == name for arrow in forward)
        column[name] = column[name] if starts or not ends else min(ends) - 1
    columns: list[list[str]] = [[] for _ in range(max(column.values()) + 1)]
    for name, number in column.items():
        columns[number].append(name)
    for count, arrow in enumerate(forward):
        points = {f"{count} {n}": n for n in range(column[arrow.start] + 1, column[arrow.end])}
        for point, number in points.items():
            columns[number].append(point)
            layout.wide[point] = 0.0
        layout.ways[arrow] = [arrow.start, *points, arrow.end]
    return columns


def between(layout: Layout) -> dict[str, list[str]]:
    """What each node and point is connected with in the columns beside it."""
    found: dict[str, list[str]] = {name: [] for name in layout.wide}
    for way in layout.ways.values():
        for one, other in pairwise(way):
            found[one].append(other)
            found[other].append(one)
    return found


def order(columns: list[list[str]], neighbours: dict[str, list[str]]) -> None:
    """Sort each column by the mean place of its neighbours in the column before."""
    for before, column in pairwise(columns):
        places = {name: place for place, name in enumerate(before)}

        def middle(name: str, places: dict[str, int] = places, own: list[str] = column) -> float:
            near = [places[other] for other in neighbours[name] if other in places]
            return sum(near) / len(near) if near else float(own.index(name))

        column[:] = sorted(column, key=middle)


def across(columns: list[list[str]], forward: list[Arrow], layout: Layout) -> None:
    """Columns as wide as their nodes, and as far apart as the words on the arrows need."""
    x = float(MARGIN + 2 * LANE)
    for column in columns:
        widest = max(layout.wide[name] for name in column)
        for name in column:
            layout.at[name] = (x + widest / 2, 0.0)
            layout.sides[name] = (x, x + widest)
        words = [longest(one.label) for one in forward if layout.ways[one][0] in column]
        room = max([0, *words]) * (CHARACTER - 1)
        x += widest + max(APART, room + 2 * PADDING if room else 0)
        layout.width = layout.sides[column[0]][1] + MARGIN + 2 * LANE


def down(columns: list[list[str]], neighbours: dict[str, list[str]], layout: Layout) -> None:
    """Each node as near to its neighbours' height as the others of its column allow."""
    y = {
        name: float(place * (HEIGHT + GAP))
        for column in columns
        for place, name in enumerate(column)
    }
    for _ in range(SWEEPS):
        for column in columns:
            wanted = {
                name: sum(y[other] for other in neighbours[name]) / len(neighbours[name])
                if neighbours[name]
                else y[name]
                for name in column
            }
            y |= apart(column, wanted)
    top = min(y.values()) - HEIGHT / 2 - 2 * MARGIN
    for name, (x, _) in layout.at.items():
        layout.at[name] = (x, y[name] - top)
    layout.height = max(y.values()) - top + HEIGHT / 2 + MARGIN


def apart(column: list[str], wanted: dict[str, float]) -> dict[str, float]:
    """The wanted heights in this order, none nearer to the next than a node and a gap."""
    step = HEIGHT + GAP
    heights = spread([wanted[name] for name in column], step, -1e6, 1e6)
    return dict(zip(column, heights, strict=True))
