"""The columns of a flowchart, from left to right, with few crossings of arrows."""

from itertools import pairwise

from ladder.look.flow.chart import Arrow
from ladder.look.flow.chart import Chart
from ladder.look.flow.places import Layout


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
