"""The year as one picture: the weekly error of every level, and below it the releases."""

from ladder.look.palette import still_style
from ladder.look.svg import element
from ladder.look.svg import text
from ladder.report.lanes import lanes
from ladder.report.lanes import lanes_height
from ladder.report.lines import end_labels
from ladder.report.lines import end_marks
from ladder.report.lines import gap
from ladder.report.lines import line
from ladder.report.lines import peak
from ladder.report.lines import points
from ladder.report.lines import release_marks
from ladder.report.scale import NARROW
from ladder.report.scale import WIDE
from ladder.report.scale import Layout
from ladder.report.scale import frame_for
from ladder.report.scale import grid
from ladder.report.scale import time_axis
from ladder.report.series import Report
from ladder.report.series import Series
from ladder.report.series import day_text
from ladder.report.series import present
from ladder.report.series import weekly_mae
from ladder.report.series import weeks
from ladder.report.threshold import threshold

AXIS = 34
MARGIN = 28
TITLE = "What each level bought"
SUBTITLE = "Error of the predicted time in the air: mean absolute, minutes a flight, by week"


def chart_svg(report: Report, *, narrow: bool = False) -> str:
    """A picture on its own: with a background, light or dark by the reader's setting."""
    layout = NARROW if narrow else WIDE
    inner, height = drawing(report, layout)
    head = 0 if narrow else 64
    width, tall = layout.width + 2 * MARGIN, height + head + 2 * MARGIN
    titles = (
        []
        if narrow
        else [
            text(TITLE, MARGIN, MARGIN + 24, class_="headline"),
            text(SUBTITLE, MARGIN, MARGIN + 48, class_="soft", font_size=15),
        ]
    )
    return (
        element(
            "svg",
            *described(report, "still"),
            element("style", still_style()),
            element("rect", class_="paper", width=width, height=tall, rx=6),
            *titles,
            element("g", inner, transform=f"translate({MARGIN} {MARGIN + head})"),
            xmlns="http://www.w3.org/2000/svg",
            class_="chart still",
            viewBox=f"0 0 {width} {tall:.0f}",
            width=width,
            height=f"{tall:.0f}",
            role="img",
            aria_labelledby="still-title still-desc",
            font_size=layout.font,
        )
        + "\n"
    )


def chart(report: Report, layout: Layout) -> str:
    """The picture for a page with its own colours, and data for the script that finds a week."""
    frame = frame_for(report, layout)
    inner, height = drawing(report, layout)
    return element(
        "svg",
        *described(report, layout.name),
        inner,
        class_=f"chart {layout.name}",
        viewBox=f"0 0 {layout.width} {height:.0f}",
        role="img",
        aria_labelledby=f"{layout.name}-title {layout.name}-desc",
        font_size=layout.font,
        data_x=" ".join(f"{frame.middle(week):.1f}" for week in weeks(report)),
        data_y=f"{layout.top} {frame.floor:.1f} {frame.top_mae:.4f}",
    )


def drawing(report: Report, layout: Layout) -> tuple[str, float]:
    """Everything inside the frame, and its height."""
    frame = frame_for(report, layout)
    lines = [(series, points(report, series, frame)) for series in present(report)]
    marks = end_labels(lines, frame) if layout.labels else end_marks(lines)
    parts = [
        *grid(frame),
        *time_axis(frame),
        *gap(lines),
        *[line(series, path) for series, path in lines],
        *[mark for series, path in lines for mark in release_marks(report, series, path, frame)],
        *threshold(report, frame, lines),
        *peak(report, frame),
        *marks,
        *lanes(report, frame, frame.floor + AXIS),
    ]
    return "".join(parts), frame.floor + AXIS + lanes_height(report, layout)


def described(report: Report, name: str) -> list[str]:
    """The picture as text."""
    tales = [tale(report, series) for series in reversed(present(report))]
    return [
        element("title", f"{SUBTITLE}.", id=f"{name}-title"),
        element("desc", " ".join(["Line chart.", *tales]), id=f"{name}-desc"),
    ]


def tale(report: Report, series: Series) -> str:
    """One line's first, highest and last week."""
    values = weekly_mae(report, series.key)
    first, last, worst = min(values), max(values), max(values, key=values.__getitem__)
    return (
        f"{series.name}, {series.epithet}: {values[first]:.1f} in the first week, "
        f"at most {values[worst]:.1f} in the week of {day_text(worst)}, "
        f"{values[last]:.1f} in the last."
    )
