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
        if (value := week[name]) is not None:
            x = scale.middle(week) * LINE_FRAME / 100
            points.append(f"{x:.1f},{scale.minutes(value)}")
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
    """Each week, divided among its versions; each version is labelled in one week."""
    labelled = label_weeks(weeks)
    for place, week in enumerate(weeks):
        position = scale.position(first_day(week))
        for version, share in version_shares(week).items():
            width = scale.week * share
            label = labelled.get(version) == place
            yield round(position, 2), round(width, 2), version, int(version) % 3, label
            position += width


def version_shares(week: dict) -> dict[str, float]:
    """Which share of a week's answers each version gave, by number."""
    total = sum(week["versions"].values()) or 1
    by_number = sorted(week["versions"].items(), key=lambda item: int(item[0]))
    return {version: count / total for version, count in by_number}


def label_weeks(weeks: Sequence[dict]) -> dict[str, int]:
    """The place of the week in which a version first has most, else of its largest share."""
    labelled: dict[str, tuple[float, int]] = {}
    for place, week in enumerate(weeks):
        for version, share in version_shares(week).items():
            rank = 1.0 if share > 0.5 else share
            if rank > labelled.get(version, (0.0, 0))[0]:
                labelled[version] = (rank, place)
    return {version: place for version, (_, place) in labelled.items()}
