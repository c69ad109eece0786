"""The report as one page."""

import json
import re
from html import escape
from pathlib import Path
from string import Template

from ladder.look.page import head
from ladder.look.svg import element
from ladder.look.svg import marker
from ladder.report import events_table
from ladder.report import measures_table
from ladder.report import tables
from ladder.report.chart import SUBTITLE
from ladder.report.chart import TITLE
from ladder.report.chart import chart
from ladder.report.findings import Finding
from ladder.report.findings import findings
from ladder.report.scale import LAYOUTS
from ladder.report.series import Report
from ladder.report.series import Series
from ladder.report.series import day_text
from ladder.report.series import last_day
from ladder.report.series import present
from ladder.report.series import weekly_mae
from ladder.report.series import weeks

FOLDER = Path(__file__).parent
COUNTS = ("No level", "One level", "Two levels", "Three levels", "Four levels", "Five levels")
AGREE = 1e-9


def page(report: Report) -> str:
    """The whole page; every text from the report is escaped."""
    script = (FOLDER / "page.js").read_text(encoding="utf-8")
    return Template((FOLDER / "page.html").read_text(encoding="utf-8")).substitute(
        head=head(TITLE, FOLDER / "page.css", script=script),
        script=script,
        title=TITLE,
        subtitle=SUBTITLE,
        standfirst=escape(standfirst(report)),
        same_model=same_model(report),
        charts="".join(chart(report, layout) for layout in LAYOUTS)
        if weeks(report)
        else "<p>No week was replayed.</p>",
        legend="".join(
            legend_entry(series)
            for series in sorted(present(report), key=lambda one: isinstance(one.key, str))
        ),
        findings="".join(finding_block(finding) for finding in findings(report)),
        measures=measures_table.measures(report),
        weekly=tables.weekly(report),
        events=events_table.events(report),
        limits=limits(report),
        assumptions=tables.tree(report.get("assumptions") or {}),
        timings=tables.timings(report),
        data=script_data(report),
    )


def standfirst(report: Report) -> str:
    """What was compared, over which days."""
    starts, end = weeks(report), last_day(report)
    count = min(len(report["levels"]), len(COUNTS) - 1)
    levels = f"{COUNTS[count]} of MLOps predict{'s' if count == 1 else ''}"
    when = f", from {day_text(starts[0])} to {day_text(end)}" if starts and end else ""
    return (
        f"{levels} how long each flight out of New York will be in the air, day by day over "
        f"real flights{when}. Same data, same model; what differs is how a new model reaches "
        "production."
    )


def same_model(report: Report) -> str:
    """The proof that the comparison is fair, or the warning that it is not."""
    gap = report.get("same_model_max_abs_diff")
    if len(report["levels"]) < 2:
        return ""
    if gap is None:
        return (
            "<p class='warning'>Whether all levels began with the same model was not checked.</p>"
        )
    if gap > AGREE:
        return (
            "<p class='warning'>The levels did not begin with the same model: predictions differ "
            f"by up to {gap:.2g} minutes. This page compares more than the levels.</p>"
        )
    exact = "to the last digit" if gap == 0 else f"to within {gap:.1g} minutes"
    return (
        "<p class='proof'>All began with the same model: on a fixed sample their first "
        f"predictions agree {exact}.</p>"
    )


def limits(report: Report) -> str:
    """The certified error, and the threshold from which on a week counts as broken."""
    certified, threshold = report.get("certified_mae"), report.get("threshold_mae")
    promise = (
        ""
        if certified is None
        else f"When it was certified, the model was off by {certified:.2f} minutes. "
    )
    return (
        promise
        if threshold is None
        else f"{promise}A week above {threshold:.2f} counts as a breach."
    )


def legend_entry(series: Series) -> str:
    """A swatch with the line's dash and marker, as a button that brings the line to the front."""
    swatch = element(
        "svg",
        element(
            "path",
            d="M1 8H37",
            class_="line",
            stroke_width=series.width,
            stroke_dasharray=series.dash,
        ),
        element("path", d=marker(series.marker, 19, 8, 4.4), class_=f"end {series.marker}"),
        class_=f"swatch s-{series.slug}",
        viewBox="0 0 38 16",
        width=38,
        height=16,
        aria_hidden="true",
    )
    return (
        f"<li><button type='button' aria-pressed='false' data-pick='{series.slug}'>{swatch}"
        f"<span><b>{series.name}</b> {series.epithet}</span></button></li>"
    )


def finding_block(finding: Finding) -> str:
    return f"<li><h3>{unbroken(finding.lead)}</h3><p>{unbroken(finding.detail)}</p></li>"


def unbroken(text: str) -> str:
    """Escape a text, and keep numbers on the line with the word that they count."""
    return re.sub(
        r"(Level|\b\d+(?:\.\d+)?) (?=\d|minutes|weeks|days)", "\\1\N{NO-BREAK SPACE}", escape(text)
    )


def script_data(report: Report) -> str:
    """The data of the hover, as JSON that cannot end its own element."""
    series = present(report)
    values = {one.slug: weekly_mae(report, one.key) for one in series}
    flights = {row["week"]: row.get("flights") for row in report["weekly"]}
    data = {
        "names": {one.slug: f"{one.name}, {one.epithet}" for one in series},
        "threshold": report.get("threshold_mae"),
        "weeks": [
            {
                "label": f"Week of {day_text(week)}",
                "flights": flights[week.isoformat()],
                "mae": {slug: by_week[week] for slug, by_week in values.items() if week in by_week},
                "events": events_table.events_of(report, week),
            }
            for week in weeks(report)
        ],
    }
    return json.dumps(data, allow_nan=False).replace("<", "\\u003c").replace("&", "\\u0026")
