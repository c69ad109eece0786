"""Fold a flowchart that is too wide into two bands, one below the other."""

from ladder.look.flow.chart import Chart
from ladder.look.flow.layout import go_around
from ladder.look.flow.layout import place
from ladder.look.flow.places import Layout

WIDEST = 1000  # pixels of one band
UNEVEN = 0.25  # how far from the middle the fold may be, as a share of the width


def folded(chart: Chart) -> Layout:
    """One band, or two if one is wider than a page."""
    whole = place(chart)
    if whole.width <= WIDEST:
        return whole
    left = at_fold(chart, whole)
    upper, lower = place(part(chart, left)), place(part(chart, set(chart.nodes) - left))
    crossing = [one for one in chart.arrows if (one.start in left) != (one.end in left)]
    go_around(upper, [one for one in crossing if one.start in left])
    below(upper, lower)
    go_around(upper, [one for one in crossing if one.start not in left])
    return upper


def at_fold(chart: Chart, whole: Layout) -> set[str]:
    """The nodes left of the fold: near the middle, where the fewest arrows cross it."""
    middle, reach = whole.width / 2, whole.width * UNEVEN
    ends = {whole.sides[name][1] for name in chart.nodes}
    folds = [x for x in ends if abs(x - middle) <= reach] or [middle]

    def crossed(x: float) -> tuple[int, float]:
        left = {name for name in chart.nodes if whole.at[name][0] < x}
        count = sum((one.start in left) != (one.end in left) for one in chart.arrows)
        return count, abs(x - middle)

    fold = min(folds, key=crossed)
    return {name for name in chart.nodes if whole.at[name][0] < fold}


def part(chart: Chart, names: set[str]) -> Chart:
    """These nodes, in their order, and the arrows between them."""
    arrows = [one for one in chart.arrows if {one.start, one.end} <= names]
    return Chart({name: node for name, node in chart.nodes.items() if name in names}, arrows)


def below(upper: Layout, lower: Layout) -> None:
    """Put one layout below the other."""
    drop = upper.height
    # Points of arrows have names of their own in each layout.
    renamed = {name: name if " " not in name else f"{name} below" for name in lower.at}
    upper.at |= {renamed[name]: (x, y + drop) for name, (x, y) in lower.at.items()}
    upper.wide |= {renamed[name]: wide for name, wide in lower.wide.items()}
    upper.sides |= {renamed[name]: sides for name, sides in lower.sides.items()}
    upper.ways |= {one: [renamed[name] for name in way] for one, way in lower.ways.items()}
    upper.around |= {one: y + drop for one, y in lower.around.items()}
    upper.width, upper.height = max(upper.width, lower.width), drop + lower.height
