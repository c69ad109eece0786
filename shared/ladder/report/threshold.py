"""The line above which production counts as broken, with its name where there is room."""

from collections.abc import Iterator
from itertools import pairwise

from ladder.look.svg import Point
from ladder.look.svg import element
from ladder.look.svg import text
from ladder.report.lines import Line
from ladder.report.scale import Frame
from ladder.report.series import Report


def threshold(report: Report, frame: Frame, lines: list[Line]) -> Iterator[str]:
    """A thin line across, with its minutes."""
    limit = report.get("threshold_mae")
    if limit is None:
        return
    y = frame.y(limit)
    label = f"threshold {limit:.1f}"
    x = roomiest(frame, lines, y - 5, 7.0 * len(label))
    yield element("line", class_="threshold", x1=frame.layout.left, x2=frame.right, y1=y, y2=y)
    yield text(label, x, y - 6, class_="note ink")


def roomiest(frame: Frame, lines: list[Line], y: float, width: float) -> float:
    """The left edge at which text of this width is farthest from every line."""
    path = [point for _, runs in lines for run in runs for point in dense(run)]
    edges = range(frame.layout.left + 4, int(frame.right - width), 8)
    return float(
        max(
            edges,
            key=lambda edge: clearance(path, edge, edge + width, y),
            default=frame.layout.left + 4,
        )
    )


def dense(run: list[Point]) -> list[Point]:
    """The line itself and not only its corners."""
    between = [
        (x0 + (x1 - x0) * n / 5, y0 + (y1 - y0) * n / 5)
        for (x0, y0), (x1, y1) in pairwise(run)
        for n in range(5)
    ]
    return [*between, run[-1]]


def clearance(path: list[Point], left: float, right: float, y: float) -> float:
    return min(
        (abs(point[1] - y) for point in path if left - 12 <= point[0] <= right + 12), default=0.0
    )
