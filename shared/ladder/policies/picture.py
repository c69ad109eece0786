"""Draw error against number of retrainings: the real year, and the mean of the others."""

from collections.abc import Iterator
from itertools import pairwise
from math import ceil

from ladder.look.palette import still_style
from ladder.look.svg import element
from ladder.look.svg import marker
from ladder.look.svg import polyline
from ladder.look.svg import text
from ladder.policies import front
from ladder.policies.front import Point
from ladder.policies.labels import KINDS
from ladder.policies.labels import kind_of
from ladder.policies.labels import labels
from ladder.policies.panel import HIGHEST
from ladder.policies.panel import Panel
from ladder.policies.table import NAMES
from ladder.policies.table import OURS
from ladder.policies.table import in_others
from ladder.policies.table import middle

WIDTH, HEIGHT = 1180, 640
TITLE = "When to retrain"
SUBTITLE = (
    "Mean absolute error of a year, minutes a flight, against the number of retrainings. "
    "Down and to the left is better."
)
TICKS = [0, 1, 2, 5, 10, 20, 50, 100, 200]


def of(found: dict) -> str:
    """A picture on its own: with a background, light or dark by the reader's setting."""
    real = {name: (one["retrainings"], one["error"]) for name, one in found["real"].items()}
    others = {name: means(found, name) for name in real if in_others(found, name)}
    every = [*real.values(), *others.values()]
    low, most = (
        min(error for _, error in every) - 0.15,
        max(retrainings for retrainings, _ in every) * 1.15,
    )
    panels = [
        Panel("the year as it was", real, 70, 570, low, most),
        Panel(
            f"mean of {len(found['others'])} resamplings of the same weeks",
            others,
            650,
            1150,
            low,
            most,
        ),
    ]
    return (
        element(
            "svg",
            element("title", f"{TITLE}. {SUBTITLE}", id="rules-title"),
            element("desc", " ".join(map(tale, panels)), id="rules-desc"),
            element("style", still_style()),
            element("rect", class_="paper", width=WIDTH, height=HEIGHT, rx=6),
            text(TITLE, 28, 52, class_="headline"),
            text(SUBTITLE, 28, 78, class_="soft", font_size=15),
            *(part for panel in panels for part in drawing(panel)),
            *legend(),
            xmlns="http://www.w3.org/2000/svg",
            class_="chart still",
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            width=WIDTH,
            height=HEIGHT,
            role="img",
            aria_labelledby="rules-title rules-desc",
            font_size=13,
        )
        + "\n"
    )


def means(found: dict, name: str) -> Point:
    """Retrainings and error in the other years."""
    return middle(in_others(found, name), "retrainings"), middle(in_others(found, name), "error")


def drawing(panel: Panel) -> Iterator[str]:
    yield text(panel.title, panel.left, panel.top - 32, class_="strong")
    yield from axes(panel)
    names = front.of(panel.points)
    yield element(
        "path", d=polyline(steps(panel, names)), class_="rule", fill="none", stroke_width=2
    )
    for name in sorted(panel.points, key=lambda name: name == OURS):
        x, y = panel.at(name)
        tint, kind, _ = KINDS[kind_of(name)]
        size = 8.0 if name == OURS else 4.5
        yield element(
            "g", element("path", d=marker(kind, x, y, size), class_="mark"), class_=f"s-{tint}"
        )
    yield from labels(panel)


def steps(panel: Panel, names: list[str]) -> list[Point]:
    """The front as stairs: with more retrainings the error need not be larger."""
    points = [panel.at(name) for name in names]
    corners = [(right[0], left[1]) for left, right in pairwise(points)]
    return [
        point
        for pair in zip(points, [*corners, (panel.right, points[-1][1])], strict=True)
        for point in pair
    ]


def axes(panel: Panel) -> Iterator[str]:
    for half in range(ceil(2 * panel.low), int(2 * HIGHEST) + 1):
        y = panel.y(half / 2)
        yield element("line", class_="rule", x1=panel.left, x2=panel.right, y1=y, y2=y)
        yield text(f"{half / 2:g}", panel.left - 9, y + 4.5, class_="soft", text_anchor="end")
    yield element(
        "line", class_="axis", x1=panel.left, x2=panel.right, y1=panel.floor, y2=panel.floor
    )
    for tick in (tick for tick in TICKS if tick <= panel.most):
        x = panel.x(tick)
        yield element("line", class_="axis", x1=x, x2=x, y1=panel.floor, y2=panel.floor + 6)
        yield text(f"{tick}", x, panel.floor + 22, class_="soft", text_anchor="middle")
    yield text("retrainings in ten months", panel.left, panel.floor + 42, class_="soft")


def legend() -> Iterator[str]:
    x = 70.0
    for tint, kind, words in KINDS.values():
        yield element(
            "g",
            element("path", d=marker(kind, x, HEIGHT - 24, 5), class_="mark"),
            class_=f"s-{tint}",
        )
        yield text(words, x + 12, HEIGHT - 19, class_="soft")
        x += 48 + 6.6 * len(words)


def tale(panel: Panel) -> str:
    """A panel as text."""
    rules = [
        f"{NAMES[name]}: {n:.0f} retrainings, {error:.2f} minutes"
        for name, (n, error) in panel.points.items()
    ]
    return f"{panel.title}: {'; '.join(rules)}."
