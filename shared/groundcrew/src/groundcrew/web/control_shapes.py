"""The lines, bars and coloured parts of the chart of weeks, in positions of its scale."""

from collections.abc import Iterator
from collections.abc import Sequence

from groundcrew.web.control_scale import Scale
from groundcrew.web.control_scale import first_day

LINE_FRAME = 1000


def is_above(week: dict, threshold: float) -> bool:
    return bool(week["ratio"]) and week["ratio"] > threshold


def segments(weeks: Sequence[dict], name: str, scale: Scale) -> Iterator[str]:
    """The points of a line, which is interrupted where a week has no number."""
    points: list[str] = []
    for week in [*weeks, {name: None}]:
        if week[name] is not None:
            x = scale.middle(week) * LINE_FRAME / 100
            points.append(f"{x:.1f},{scale.minutes(week[name])}")
        elif points:
            yield " ".join(points)
            points = []


def bar(week: dict, scale: Scale, threshold: float) -> tuple[float, float, float, float, bool]:
    """The ratio to the median's error, as a bar that stands on 1 or hangs from it."""
    top, bottom = sorted([scale.ratio(week["ratio"]), scale.ratio(1)])
    left = round(scale.middle(week) - scale.week * 0.36, 2)
    width = round(scale.week * 0.72, 2)
    return left, top, width, max(bottom - top, 1), is_above(week, threshold)


def shares(weeks: Sequence[dict], scale: Scale) -> Iterator[tuple[float, float, str, int, bool]]:
    """Each week, divided among its versions; a version is labelled where it first has most."""
    labelled: set[str] = set()
    for week in weeks:
        position, total = scale.position(first_day(week)), sum(week["versions"].values()) or 1
        for version, count in sorted(week["versions"].items(), key=lambda item: int(item[0])):
            label = count > total / 2 and version not in labelled
            labelled |= {version} if label else set()
            width = scale.week * count / total
            yield round(position, 2), round(width, 2), version, int(version) % 3, label
            position += width
