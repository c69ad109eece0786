"""The lines of the chart: drawn, marked where a model was released, and named at their ends."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date

from ladder.look.svg import Point
from ladder.look.svg import element
from ladder.look.svg import marker
from ladder.look.svg import polyline
from ladder.look.svg import spread
from ladder.look.svg import text
from ladder.report.scale import Frame
from ladder.report.series import Report
from ladder.report.series import Series
from ladder.report.series import day_text
from ladder.report.series import weekly_mae
from ladder.report.series import weeks

Line = tuple[Series, list[list[Point]]]


def points(report: Report, series: Series, frame: Frame) -> list[list[Point]]:
    """A line as runs of points; a week without a number ends a run, nothing is drawn across it."""
    values = weekly_mae(report, series.key)
    runs: list[list[Point]] = [[]]
    for week in weeks(report):
        if week in values:
            runs[-1].append((frame.middle(week), frame.y(values[week])))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def line(series: Series, runs: list[list[Point]]) -> str:
    path = "".join(polyline(run) for run in runs if len(run) > 1)
    dots = "".join(marker("circle", *run[0], series.width) for run in runs if len(run) == 1)
    return element(
        "g",
        element(
            "path", d=path, class_="line", stroke_width=series.width, stroke_dasharray=series.dash
        )
        if path
        else "",
        element("path", d=dots, class_="dot") if dots else "",
        class_=f"series s-{series.slug}",
        data_series=series.slug,
    )


def gap(lines: list[Line]) -> Iterator[str]:
    """A tint between the lowest and the highest level: the minutes that lie between them."""
    levels = [runs for series, runs in lines if isinstance(series.key, int)]
    if (
        len(levels) > 1
        and len(levels[0]) == len(levels[-1]) == 1
        and len(levels[0][0]) == len(levels[-1][0]) > 1
    ):
        yield element(
            "path", d=polyline([*levels[0][0], *reversed(levels[-1][0])]) + "Z", class_="gap"
        )


def release_marks(
    report: Report, series: Series, runs: list[list[Point]], frame: Frame
) -> Iterator[str]:
    """The level's own marker where a new model went into production."""
    path = [point for run in runs for point in run]
    for event in report.get("events") or []:
        if event["level"] == series.key and event["kind"] == "release":
            x = frame.x(date.fromisoformat(event["date"]))
            mark = marker(series.marker, x, height_at(path, x), 3.6)
            yield element(
                "path", d=mark, class_=f"mark series s-{series.slug}", data_series=series.slug
            )


def height_at(path: list[Point], x: float) -> float:
    """The line's height at x, straight between its points and level beyond its ends."""
    after = bisect_right([point[0] for point in path], x)
    if after in (0, len(path)):
        return path[min(after, len(path) - 1)][1]
    (x0, y0), (x1, y1) = path[after - 1], path[after]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


def end_marks(lines: list[Line]) -> Iterator[str]:
    """Each line ends in its marker, so that a legend can name it."""
    for series, runs in lines:
        mark = marker(series.marker, *runs[-1][-1], 4.2)
        yield element(
            "path",
            d=mark,
            class_=f"end series s-{series.slug} {series.marker}",
            data_series=series.slug,
        )


def end_labels(lines: list[Line], frame: Frame) -> Iterator[str]:
    """Names beside the lines' ends, moved apart where they would touch, each tied to its line."""
    ordered = sorted(lines, key=lambda item: item[1][-1][-1][1])
    heights = spread(
        [runs[-1][-1][1] for _, runs in ordered], 20, frame.layout.top + 8, frame.floor - 6
    )
    for (series, runs), y in zip(ordered, heights, strict=True):
        (x0, y0), x1 = runs[-1][-1], frame.right + 34
        tie = f"M{x0:.1f} {y0:.1f}C{x0 + 22:.1f} {y0:.1f} {x1 - 22:.1f} {y:.1f} {x1:.1f} {y:.1f}"
        yield element(
            "g",
            element("path", d=tie, class_="tie"),
            element("path", d=marker(series.marker, x1 + 7, y, 4.2), class_=f"end {series.marker}"),
            element(
                "text",
                element("tspan", series.name, class_="strong"),
                element("tspan", f" {series.epithet}"),
                x=x1 + 18,
                y=y + 4.5,
            ),
            class_=f"series s-{series.slug}",
            data_series=series.slug,
        )


def peak(report: Report, frame: Frame) -> Iterator[str]:
    """The worst week of any level, as text beside its point."""
    worst = max(
        (
            row
            for row in report["weekly"]
            if row["mae"] is not None and isinstance(row["level"], int)
        ),
        key=lambda row: row["mae"],
        default=None,
    )
    if worst is None or len(weeks(report)) < 8:
        return
    week = date.fromisoformat(worst["week"])
    label = f"{worst['mae']:.1f} in the week of {day_text(week).rsplit(' ', 1)[0]}"
    half = 3.4 * len(label)
    x = min(max(frame.middle(week), frame.layout.left + half), frame.right - half)
    yield text(
        label,
        x,
        frame.y(worst["mae"]) - 10,
        class_=f"note s-l{worst['level']}",
        text_anchor="middle",
    )
