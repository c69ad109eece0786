"""Places for the nodes of a flowchart: columns from left to right, few crossings.

The steps are those of Sugiyama, Tagawa and Toda (1981): break cycles, give each node a column, put
points into the columns that long arrows cross, order each column by its neighbours, then place.
"""

from ladder.look.flow.chart import Arrow
from ladder.look.flow.chart import Chart
from ladder.look.flow.columns import against
from ladder.look.flow.columns import between
from ladder.look.flow.columns import into_columns
from ladder.look.flow.columns import order
from ladder.look.flow.places import APART
from ladder.look.flow.places import BELOW
from ladder.look.flow.places import CHARACTER
from ladder.look.flow.places import GAP
from ladder.look.flow.places import HEIGHT
from ladder.look.flow.places import LANE
from ladder.look.flow.places import MARGIN
from ladder.look.flow.places import PADDING
from ladder.look.flow.places import Layout
from ladder.look.flow.places import longest
from ladder.look.flow.places import width
from ladder.look.svg import spread

SWEEPS = 12


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
