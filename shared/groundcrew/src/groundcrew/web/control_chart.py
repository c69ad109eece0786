"""Weeks of production as a chart: the positions of its lines, bars, dots and marks.

Horizontal positions are per cent of the width; only the lines are drawn in a frame 1,000 wide,
which is stretched to the width. Vertical positions are pixels.
"""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from groundcrew.web.control_scale import A_WEEK
from groundcrew.web.control_scale import ERROR
from groundcrew.web.control_scale import RATIO
from groundcrew.web.control_scale import Scale
from groundcrew.web.control_scale import first_day
from groundcrew.web.control_shapes import bar
from groundcrew.web.control_shapes import is_above
from groundcrew.web.control_shapes import segments
from groundcrew.web.control_shapes import shares
from groundcrew.web.route_chart import level_minutes

HEIGHT = 400
ALARMS = 9
OUTCOMES = 27
VERSIONS = (352, 368)
MIN_WEEKS = 16
LINES = {"mae": "model", "route_median_mae": "median", "certified": "certified"}


@dataclass(frozen=True)
class Chart:
    """`shares` has one part a version and week: position, width, version, shade, is it labelled."""

    lines: dict[str, list[str]]
    levels: list[tuple[float, int]]
    months: list[tuple[float, date]]
    bars: list[tuple[float, float, float, float, bool]]
    limits: list[tuple[float, str]]
    breaches: list[float]
    dots: list[tuple[float, float, bool]]
    newest: tuple[float, float, float] | None
    marks: list[tuple[float, dict]]
    shares: list[tuple[float, float, str, int, bool]]
    week: float
    height: int = HEIGHT
    alarms: int = ALARMS
    outcomes: int = OUTCOMES
    error: tuple[int, int] = ERROR
    ratio: tuple[int, int] = RATIO
    versions: tuple[int, int] = VERSIONS


def draw(weeks: Sequence[dict], marks: Sequence[dict], threshold: float) -> Chart | None:
    """The chart of stored weeks, the oldest first, and of dated marks; None without an answer.

    Weeks whose ratio is above `threshold` are marked.
    """
    answered = [place for place, week in enumerate(weeks) if week["answers"]]
    if not answered:
        return None
    weeks = weeks[answered[0] :]
    levels = level_minutes([0.0, *(week[name] or 0.0 for week in weeks for name in LINES)])
    scale = _scale(weeks, levels)
    measured = [week for week in weeks if week["mae"]]
    dots = [
        (scale.middle(week), scale.minutes(week["mae"]), is_above(week, threshold))
        for week in measured
    ]
    limits = [(scale.ratio(1), ""), (scale.ratio(threshold), f"×{threshold:g}")]
    breaches = [week for week in weeks if is_above(week, threshold)]
    return Chart(
        lines={kind: list(segments(weeks, name, scale)) for name, kind in LINES.items()},
        levels=[(scale.minutes(level), level) for level in levels],
        months=[(scale.position(day), day) for day in scale.months()],
        bars=[bar(week, scale, threshold) for week in weeks if week["ratio"]],
        limits=limits,
        breaches=[scale.position(first_day(week)) for week in breaches],
        dots=dots,
        newest=(*dots[-1][:2], measured[-1]["mae"]) if measured else None,
        marks=[(scale.position(day), mark) for day, mark in _dated(marks) if day >= scale.first],
        shares=list(shares(weeks, scale)),
        week=scale.week,
    )


def _scale(weeks: Sequence[dict], levels: list[int]) -> Scale:
    ratios = [week["ratio"] for week in weeks if week["ratio"]]
    first, last = first_day(weeks[0]), first_day(weeks[-1])
    # Weeks may be missing in between, when the loop did not run.
    count = max((last - first) // A_WEEK + 1, MIN_WEEKS)
    return Scale(first, count, levels[-1], (min([0.9, *ratios]), max([1.5, *ratios])))


def _dated(marks: Sequence[dict]) -> Iterator[tuple[date, dict]]:
    return ((date.fromisoformat(mark["day"]), mark) for mark in marks)
