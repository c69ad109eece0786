"""The calendar under the chart: a lane a level with releases, refusals and broken weeks."""

from collections.abc import Iterator
from datetime import date

from ladder.look.svg import element
from ladder.look.svg import marker
from ladder.look.svg import text
from ladder.report.scale import Frame
from ladder.report.scale import Layout
from ladder.report.series import WEEK
from ladder.report.series import Report
from ladder.report.series import Series
from ladder.report.series import present
from ladder.report.series import weekly_mae

HEAD = 24


def lanes_height(report: Report, layout: Layout) -> float:
    count = len(levels(report))
    return HEAD + count * layout.lane + 4 if count else 0.0


def levels(report: Report) -> list[Series]:
    return [series for series in present(report) if isinstance(series.key, int)]


def lanes(report: Report, frame: Frame, top: float) -> Iterator[str]:
    """All lanes, each on its own row below `top`."""
    if not levels(report):
        return
    yield key(frame, top + 12)
    for row, series in enumerate(levels(report)):
        y = top + HEAD + (row + 0.5) * frame.layout.lane
        yield element(
            "g",
            *lane(report, frame, series, y),
            class_=f"series s-{series.slug}",
            data_series=series.slug,
        )


def key(frame: Frame, y: float) -> str:
    """What the signs in the lanes mean."""
    x, narrow = frame.layout.left, frame.layout.name == "narrow"
    second, third = (x + 74, x + 142) if narrow else (x + 132, x + 254)
    return element(
        "g",
        element("path", d=marker("circle", x + 4, y - 4, 4), class_="dot ink"),
        text("released" if narrow else "model released", x + 13, y, class_="soft"),
        element("path", d=marker("cross", second, y - 4, 3.6), class_="refused ink"),
        text("refused" if narrow else "gate refused", second + 9, y, class_="soft"),
        element("rect", x=third - 4, y=y - 9, width=16, height=10, class_="over ink"),
        text(
            "over the threshold" if narrow else "week over the threshold",
            third + 18,
            y,
            class_="soft",
        ),
    )


def lane(report: Report, frame: Frame, series: Series, y: float) -> Iterator[str]:
    left = frame.layout.left
    short = frame.layout.name == "narrow"
    yield text(f"L{series.key}" if short else series.name, 0, y + 4.5, class_="strong")
    yield element("line", class_="rule", x1=left, x2=frame.right, y1=y, y2=y)
    limit = report.get("threshold_mae")
    for week, mae in weekly_mae(report, series.key).items():
        if limit is not None and mae > limit:
            x0, x1 = frame.x(week), frame.x(week + WEEK)
            yield element("rect", class_="over", x=x0, y=y - 6, width=x1 - x0, height=12)
    for event in report.get("events") or []:
        if event["level"] == series.key and event["kind"] in ("release", "refused"):
            yield sign(event["kind"], series, frame.x(date.fromisoformat(event["date"])), y)
    if frame.layout.labels:
        yield text(tally(report, series), frame.right + 16, y + 4.5, class_="soft")


def sign(kind: str, series: Series, x: float, y: float) -> str:
    if kind == "refused":
        return element("path", d=marker("cross", x, y, 4), class_="refused")
    return element("path", d=marker(series.marker, x, y, 4.6), class_="mark")


def tally(report: Report, series: Series) -> str:
    """The lane as text: 10 releases, 2 refused."""
    rows = {row["level"]: row for row in report["levels"]}
    row = rows.get(series.key, {})
    made, refused = row.get("releases") or 0, row.get("refused") or 0
    text = "never released again" if not made else f"{made} release{'' if made == 1 else 's'}"
    return f"{text}, {refused} refused" if refused else text
